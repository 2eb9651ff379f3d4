notices-mail-subject = 【集结】行动通知
notices-announcement = 【集结】{ $text }
