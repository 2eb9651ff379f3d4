problems-said = Noted.
problems-refused-1 = Somebody else has taken this. See who it is, or ask them to hand it over.
problems-refused-2 = This is closed. If it needs more, the asker can tap "not done".
problems-refused-3 = Nobody has reported this done yet; it cannot be closed.
problems-refused-4 = One's own work is closed by somebody else: the asker, or another.
problems-refused-5 = The promised time has passed. Name a later one.
problems-refused-6 = A request for people names a role and a number.
problems-refused-7 = Write a few words, so that the asker knows what will happen.
