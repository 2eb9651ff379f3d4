notices-assigned = 【集结】{ $name }：{ $when } 请到{ $site }（{ $address }）任{ $role }。点长{ $chief } { $chief_phone }。请确认：
notices-changed = 【集结】{ $name }：岗位有变。{ $when } 请到{ $site }（{ $address }）任{ $role }。点长{ $chief } { $chief_phone }。请点“已看到”：
notices-released = 【集结】{ $name }：{ $site }的岗位已取消，请勿前往。谢谢您。
