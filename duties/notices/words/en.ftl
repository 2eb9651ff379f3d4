notices-mail-subject = [Muster] Operation notice
notices-announcement = [Muster] { $text }
