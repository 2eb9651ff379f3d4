problems-said = 已记录。
problems-refused-1 = 别人已经接手了。请看是谁，或请他移交。
problems-refused-2 = 这一条已经办结。需要再办，请提出人点“没办好”。
problems-refused-3 = 还没有人报告办好，不能销号。
problems-refused-4 = 自己办的事不能自己销号，请提出人或别的人确认。
problems-refused-5 = 答应的时间已经过去，请写一个以后的时间。
problems-refused-6 = 要人请写明岗位和人数。
problems-refused-7 = 请写几个字，让提出人知道怎么办。
