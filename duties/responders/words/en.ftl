# Teams and people
responders-teams = Teams
responders-team = Team
responders-all-teams = All teams
responders-team-count = { $count ->
    [one] One team
   *[other] { $count } teams
}
responders-organisations = Organisations that send people
responders-organisation = Organisation
responders-people = People
responders-available = Can be sent
responders-on-duty = On duty
responders-away = Not available
responders-no-teams = There are no teams yet. Import the list of teams first.
responders-no-people-in-team = Nobody is in this team yet. Import the list of volunteers.
responders-volunteers = Volunteers
responders-all-volunteers = All volunteers
responders-no-volunteers = There are no volunteers yet. Import teams first, then volunteers.
responders-nobody-found = Nobody found. Names and numbers are stored sealed: type a whole code, number or name.
responders-find = Find
responders-find-hint = Type a whole code, telephone number or name.
responders-search = Find
responders-more = Next page
responders-name = Name
responders-code = Code
responders-phone = Telephone
responders-left = Has left
responders-reserve = Mobile reserve
responders-can-do = Can work as
responders-languages = Languages
responders-language-cmn = Mandarin
responders-language-yue = Cantonese
responders-language-hak = Hakka
responders-language-luh = Leizhou Min
responders-language-nan = Southern Min
responders-language-eng = English
responders-availability = Available
responders-available-from = from { $at }
responders-available-until = until { $at }
responders-available-always = at any time
responders-show-phone = Show the whole number
responders-show-phone-hint = Each look is recorded.
responders-look-noted = This look was recorded.
responders-make-link = Personal link
responders-link = Personal link
responders-link-hint = Hand it over now; it is not shown again. It lasts 14 days. Earlier links have stopped working.
responders-link-address = Address
responders-depart = Has left
responders-depart-sure = Has { $name } left? Badge, links and sign-ins end at once; the record stays.
responders-came-back = Taken back. The badge works again; links have to be made anew.
responders-departed = Noted. Badge and links no longer work.

# Badges
responders-badge = Badge
responders-badges = Badges
responders-badges-hint = Prints on A4. Anybody can check a badge by its code.
responders-badge-title = Epidemic response volunteer
responders-print = Print
responders-badges-whole = Badges of the whole team, to print
responders-badges-part = This is one part of the team.
responders-print-badges = Print badges
responders-renew-badge = New badge
responders-renew-badge-sure = The old badge stops being valid at once. Make a new one?
responders-badge-renewed = The old badge is no longer valid. Print the new one.
responders-badge-check = Badge check
responders-badge-valid = Valid, on duty
responders-badge-bearer = Surname: { $surname }
responders-badge-since = On duty since { $time }
responders-badge-off-duty = Valid, not on duty now
responders-badge-off-duty-hint = A volunteer of this district who has not checked in at any site. If they are working at a site, ask its chief to check them in.
responders-badge-not-valid = Not valid
responders-badge-not-valid-hint = There is no such badge, or it was taken back. Compare the code; if it still fails, tell the site chief.
responders-badge-checked-at = Checked at { $time }
responders-entrance = Come in with your badge
responders-entrance-hint = Without your personal link, use your badge's code and the last four digits of your telephone number.
responders-entrance-badge = Badge code ({ $count } letters)
responders-entrance-digits = Last four digits of your number
responders-entrance-shut = Entrance by badge is shut
responders-entrance-shut-hint = The digits were wrong five times. Make sure it is this person, then open it again; if the badge is lost, make a new one.
responders-open-entrance = Open again
responders-entrance-open = Open again: the person can come in by badge.

# The own record
responders-record = My record
responders-today = My duty today
responders-hours = Hours on duty
responders-duties = Duties
responders-my-availability = When I can come
responders-availability-hint = Left empty means no limit. The next allocation goes by it.
responders-availability-stated = Noted. The next allocation goes by it.
responders-from = From
responders-until = Until
responders-stays = Duties
responders-no-stays = No duties yet. They appear here after a check-in.
responders-no-stays-yet = You have no duties yet. They appear here once you check in at a site.
responders-merits = { $hours } hours in all; in time for { $punctual } of { $timed } duties with a set time.
responders-site = Site
responders-role = Role
responders-no-role = Not set
responders-in = In
responders-out = Out
responders-time-on-duty = Time
responders-hours-minutes = { $hours } h { $minutes } min
responders-punctual = In time
responders-late = Late
responders-there-now = There now
responders-contest = This is wrong
responders-contested = Correction waits
responders-really-in = Really came at
responders-really-out = Really left at
responders-objection = What is wrong?
responders-missing-duty = A duty is missing
responders-missing-duty-hint = What is missing, and who saw you there?
responders-send = Send
responders-correction-asked = Sent. The assessment group will settle it.
responders-correction-for = Asks by telephone for a correction (a colleague settles it)
responders-my-corrections = My corrections
responders-upheld = Accepted
responders-not-upheld = Not accepted
responders-waits = Waits to be settled

# Deeds
responders-deeds = Good deeds
responders-tell-deed = Tell of a good deed
responders-tell-deed-hint = Write what you saw. It is published only if that person agrees. No illnesses, numbers or addresses of others, please.
responders-deed-badge = Code on that person's badge
responders-deed-story = What happened
responders-deed-told = Thank you. It waits for that person's answer.
responders-told-of-me = Told of me
responders-nothing-told = Nothing yet. What others tell of you appears here, and you decide whether it is published.
responders-consent = Publish it
responders-decline = Do not publish
responders-deed-answered = Your answer is noted.
responders-deed-state-told = Waits for the person's answer
responders-deed-state-consented = The person agrees
responders-deed-state-declined = The person does not want it published
responders-deed-state-published = Published
responders-deed-state-withdrawn = Withdrawn
responders-published-deeds = Published
responders-none-published = Nothing is published yet. Tell of a deed first.
responders-deeds-published = Published deeds

# The assessment group
responders-assessment = Assessment
responders-corrections-waiting = Corrections that wait
responders-no-corrections = No corrections wait. They appear here when volunteers contest their record.
responders-answer = Answer to the person
responders-uphold = Accept
responders-reject = Do not accept
responders-correction-settled = Settled. The person can see it.
responders-deeds-ready = Agreed to: can be published
responders-no-deeds-ready = No deed can be published yet. They appear here when the person agrees.
responders-deeds-unanswered = Waiting for the person
responders-no-deeds-unanswered = No deed waits for an answer. They appear here once somebody tells of one.
responders-publish = Publish
responders-withdraw = Withdraw
responders-deed-decided = Done.

# The commendation list
responders-commendations = Commendations
responders-bar = In the last { $days } days: at least { $hours } hours on duty and in time for { $percent }% of at least { $duties } duties with a set time; or a published deed; or a decision of the assessment group.
responders-commended-count = { $count ->
    [one] One person
   *[other] { $count } people
}
responders-nobody-commended = Nobody is on the list yet. Whoever meets the rule above appears by themselves.
responders-why = Why
responders-ground-hours = { $hours } hours on duty, in time for { $percent }%.
responders-ground-deeds = { $count ->
    [one] One published deed.
   *[other] { $count } published deeds.
}
responders-ground-decided = Decided by the assessment group.
responders-duties-timed = Duties with a set time
responders-duties-punctual = Begun in time
responders-reason = Reason
responders-put-on-list = Put on the list
responders-take-off-list = Take off the list
responders-commendation-decided = The decision is noted.

# Rows of a file that are rejected
responders-row-empty = “{ $column }” is empty: fill it in.
responders-row-not-a-name = “{ $column }” is longer than { $most } characters or holds control characters: shorten it.
responders-row-code-twice = The code stands already in row { $first }: keep one of the two.
responders-row-unknown-team = No team has the code { $team }. Import teams first, or correct it.
responders-row-bad-phone = Not a telephone number. Write it whole, with its area code, or with + and its country code.
responders-row-bad-email = Not an e-mail address: correct it or leave it empty.
responders-row-no-such-role = There is no role “{ $role }”. Use gatekeeper, registrar, queue_marshal, runner, checkpoint_guard or driver.
responders-row-position = Latitude { $latitude } and longitude { $longitude } are no position. Give degrees, like 21.66 and 110.92.
responders-row-yes-or-no = “{ $column }” is not yes or no: write 1 or 0, or leave it empty.
responders-row-not-a-time = “{ $column }” is not a date and time: write 2022-09-15 08:00, or leave it empty.
responders-row-window-turned = The end of the availability must be after its beginning.
responders-row-not-a-count = “{ $column }” must be a whole number from 0 to 60, or empty.

# Refusals
responders-refused-1 = The register was just changed by somebody else; nothing was imported. Preview it again, then import.
responders-refused-2 = Badge code and last four digits do not belong together. Compare your badge, or ask your team leader for a personal link.
responders-refused-3 = The end must be after the beginning.
responders-refused-4 = Nobody tells of, or decides on, their own deeds. Ask somebody else.
responders-refused-5 = The person must agree before it is published. Wait for their answer.
responders-refused-6 = Whoever asked for a correction does not settle it. Ask somebody else of the group.
responders-refused-7 = This was settled already. Reload the page to see how.
responders-refused-8 = Nothing is written yet. Write a few words and send it again.
responders-refused-9 = The times are wrong: leaving comes after coming, and not in the future.
responders-refused-10 = This date and time cannot be read. Write it like 2022-09-15 08:00.
responders-refused-11 = This person has left; no link can be made.
responders-refused-12 = Not a whole telephone number. Write all 11 digits, or the area code with it.
responders-refused-13 = The digits were wrong several times. Wait { $minutes } min, or come in by the personal link of your notice.
responders-refused-14 = The digits were wrong five times: the entrance by badge is shut. Come in by the personal link of your notice, or ask your site chief or headquarters to open it again.
responders-refused-15 = To add a missing duty, fill in the site, from and until. If it was no duty, choose “Do not accept”.
responders-refused-16 = Nobody stood at a site of this name on that day. Choose one from the list.
responders-refused-17 = This person stood somewhere at that time already. Correct that duty instead.
