notices-mail-subject = 【集结】行动通知
