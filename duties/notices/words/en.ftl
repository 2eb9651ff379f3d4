notices-mail-subject = [Muster] Operation notice
