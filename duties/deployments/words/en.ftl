# Navigation
deployments-nav-orders = Orders
deployments-nav-duty = My duty
deployments-nav-links = Standing links

# Orders
deployments-order = Order
deployments-give-order = Give an order
deployments-give-it = Give the order
deployments-order-given = The order is given. Next: allocate people.
deployments-order-closed = The order is closed.
deployments-order-reopened = The order is open again; whoever the closing had checked out stands where they stood.
deployments-no-orders = No order yet. Once one is given, its sites and people are gathered here.
deployments-no-sites-yet = There are no sites yet. Import or create sites first.
deployments-to-sites = To the sites
deployments-drill = Drill
deployments-drill-name = [Drill] { $name }
deployments-is-drill = This is a drill (its name, notices and documents say so)
deployments-order-name = Name of the order
deployments-usual-name = Sampling of the district, { $day }
deployments-order-at = Order
deployments-set-up-at = Sites set up
deployments-in-place-at = Everybody in place
deployments-close-at = Close
deployments-another-shift = The shift is not from in place to close
deployments-shift-from = Shift from
deployments-shift-until = Shift until
deployments-which-sites = Which sites
deployments-all-sites-hint = All { $sites } sites when none are chosen, { $people } people in all.
deployments-only-divisions = Only these divisions
deployments-only-sites = Only these sites (codes, separated by blanks or lines)
deployments-by-guideline = Headcounts from the expected people (sites without that number: from the register); every cell can be changed afterwards
deployments-state = State
deployments-closed = Closed
deployments-published = Published
deployments-nobody-told = Nobody told yet
deployments-older = Older orders
deployments-next = Next page
deployments-roster-whole = Whole roster, to print
deployments-roster-part = This is one part of the roster.
deployments-change-order = Change or close the order
deployments-close-order = Close the order
deployments-close-sure = Close this order? Nobody can be allocated or checked in under it afterwards.

# Figures
deployments-figure-sites = sites
deployments-figure-need = needed
deployments-figure-assigned = assigned
deployments-figure-acknowledged = acknowledged
deployments-figure-arrived = here
deployments-figure-came = came
deployments-report = Situation report
deployments-figure-declined = declined
deployments-figure-unmet = missing
deployments-figure-outside-link = outside own site
deployments-figure-reserve = from the reserve
deployments-figure-called = newly called
deployments-figure-called-reserve = of them from the reserve
deployments-figure-still-unmet = still missing in the whole order
deployments-figure-moved = moved
deployments-figure-told = will be told
deployments-figure-released = sent home
deployments-figure-mean = mean way
deployments-figure-travel = way in all (m)
deployments-figure-objective = cost in all (m)
deployments-figure-bound = lower bound (m)
deployments-unseen-changes = { $count ->
    [one] One person has not tapped “seen” for a changed post
   *[other] { $count } people have not tapped “seen” for a changed post
}
deployments-short-posts = { $count ->
    [one] One post is short
   *[other] { $count } posts are short
}
deployments-find-people = Find people

# Posts
deployments-posts = Headcounts
deployments-posts-hint = People needed at each site for each role. Allocate again after a change.
deployments-no-posts = This order has no more sites.
deployments-total = Total
deployments-site = Site
deployments-role = Role

# Plans
deployments-plan = Plan
deployments-plans = Plans
deployments-plan-number = Plan { $number }
deployments-no-plans = No plan yet. “Allocate people” makes the first one.
deployments-allocate = Allocate people
deployments-again = Allocate again
deployments-compare = Compare
deployments-change = Change
deployments-at-work = The plan is being made. You can leave this page and come back.
deployments-look-again = Look again
deployments-plan-failed = The plan could not be made: { $why }. Mend this and allocate again.
deployments-stage-asked = Waiting
deployments-stage-reading = Reading people
deployments-stage-solving = Solving
deployments-stage-ready = Ready to publish
deployments-stage-failed = Not made
deployments-stage-published = Published
deployments-stage-withdrawn = Undone
deployments-cause-whole = All sites
deployments-cause-gaps = Fill the gaps
deployments-cause-shortage = A site is short
deployments-cause-site_closed = A site is closed
deployments-cause-team_late = A team is late
deployments-cause-no_shows = People did not turn up
deployments-cause-too_late = People cannot be there in time
deployments-about-shortage = { $site }: { $count } more as { $role }
deployments-optimal = Proven optimal
deployments-not-optimal = At most { $gap } from the optimum
deployments-certificate = Cost { $objective } m, lower bound { $bound } m, checked over { $people } people and { $pairs } pairs in { $ms } ms
deployments-publish = Publish and tell people
deployments-publish-sure = People are told at once. Publish?
deployments-accept = Accept and tell people
deployments-accept-nobody = Put the gap on the board
deployments-nobody-found = Nobody can be brought now: the table of gaps says why. Nothing would change for anybody; ask headquarters for people from outside, or call again when the reserve is back.
deployments-undo = Undo
deployments-undo-sure = What stood before stands again, and people are told. Undo?
deployments-plan-published = The plan is published; notices are in the outbox.
deployments-plan-withdrawn = Undone: what stood before stands again.
deployments-proposal-accepted = Accepted. Only those who are concerned are told.
deployments-gaps = { $count ->
    [one] One post stays short
   *[other] { $count } posts stay short
}
deployments-no-gaps = No gaps.
deployments-why-short = Why
deployments-qualified = { $total } can do it: { $assigned } on duty, { $resting } resting, { $away } not available, { $declined } declined, { $elsewhere } under other orders, { $excluded } left out, { $idle } free
deployments-short-nobody_qualified = Nobody can do it
deployments-short-all_resting = Those who can are resting
deployments-short-declined = Those who can have declined
deployments-short-other_orders = Those who can are under other orders
deployments-short-not_available = Those who can are not available
deployments-short-all_assigned = Everybody who can is assigned; lower a headcount elsewhere to free somebody
deployments-short-too_far = Somebody is free, but too far
deployments-dearest = Where one more person would help most
deployments-who-where = Who goes where
deployments-steps = Who is concerned
deployments-no-steps = Nobody is concerned.
deployments-show = Show
deployments-person = Name
deployments-team = Team
deployments-teams = Teams
deployments-from = Before
deployments-newly-called = Newly called
deployments-sent-home = Sent home
deployments-distance = Way
deployments-reason = Reason
deployments-reason-pinned = Fixed by an officer
deployments-reason-kept = Stays
deployments-reason-own_link = Own team’s site
deployments-reason-nearest = Nearest
deployments-reason-surplus = From surplus
deployments-reason-reserve = Reserve
deployments-weights = Weights
deployments-weight-stretch = Detour of roads
deployments-weight-unlinked = Outside own site
deployments-weight-second = Second night in a row
deployments-weight-third = Third night in a row and more
deployments-weight-turn = For each hundredth of a duty above the mean of two weeks
deployments-weight-reserve = From the reserve
deployments-weight-missing = One person missing
deployments-weight-crew = Minimum crew
deployments-weight-moved = Moving one person
deployments-column-volunteer = volunteer
deployments-column-name = name
deployments-column-team = team
deployments-column-site = site
deployments-column-site-name = site name
deployments-column-role = role
deployments-column-distance = distance_m
deployments-column-reason = reason
deployments-differences = { $count ->
    [one] One person has another post
   *[other] { $count } people have another post
}
deployments-no-differences = Both plans say the same.

# Why this person here
deployments-why-not-nearer = Why not nearer?
deployments-is-nearest = This is the nearest post they can take.
deployments-nearer-is = The nearest post is { $role } at { $site }, { $saved } less.
deployments-obstacle-chain = Going there, others would have to make room:
deployments-obstacle-not_own = That is not the own team’s site, and the way saved is not worth leaving it.
deployments-obstacle-far_reaching = Going there, too many others would have to move.
deployments-step-longer = { $name } from { $from } to { $to }, { $way } more
deployments-step-shorter = { $name } from { $from } to { $to }, { $way } less
deployments-loss = In all, { $loss } worse.
deployments-pin = Fix here
deployments-unpin = No longer fixed
deployments-pinned = Fixed
deployments-exclude-here = Not to this site
deployments-exclude = Not this time
deployments-pin-somebody = Fix somebody at a post
deployments-person-code = Code of the person
deployments-pin-hint = A fixed post outranks distance and rest, not what somebody can do, nor a refusal. It takes effect with the next allocation.
deployments-pin-unmet = not possible in this plan
deployments-wishes = Fixed and left out: { $count }
deployments-wish = Wish
deployments-not-at = Not at { $site }
deployments-readmit = Take back
deployments-wish-hint = Takes effect with the next allocation.
deployments-wish-noted = Noted. Allocate again.

# Mending
deployments-mend = Something happened
deployments-what-happened = What
deployments-site-code = Site code
deployments-team-code = Team code
deployments-count = People
deployments-propose = Propose a remedy
deployments-shortage-reported = The allocators are told; people are being looked for.

# Rosters and the gate
deployments-roster = Roster
deployments-nobody-sent = Nobody has been sent here yet. People appear once a plan is published.
deployments-nobody-yet = Nobody yet. People appear once a plan is published.
deployments-to-order = To the order
deployments-no-order-here = This site has nothing to do at the moment.
deployments-phone = Phone
deployments-call = Call
deployments-look-noted = Looking at this number was noted.
deployments-presence-told = No answer yet
deployments-presence-coming = Coming
deployments-presence-arrived = Here
deployments-presence-elsewhere = At another site
deployments-presence-left = Gone
deployments-presence-walked_in = Came by themselves
deployments-change-unseen = change not seen
deployments-off = { $distance } away when checking in
deployments-check-in = Check in
deployments-check-out = Check out
deployments-by-badge = Check in by badge
deployments-badge = Badge code
deployments-call-for-people = Call for people
deployments-checked-in = Checked in.
deployments-walked-in = Checked in: this person was not sent here and is noted as come by themselves.
deployments-checked-out = Checked out.
deployments-undone = Undone.
deployments-check-in-conflict = The same number came with other content before. Both are kept; the duty officer decides.

deployments-who-declined = Who declined
deployments-nobody-declined = Nobody has declined.
deployments-declined-count = { $count } declined; the latest are listed.

# The today page
deployments-changed = Your duty has changed
deployments-not-there = Not { $site } any more.
deployments-but-there = Go to { $site }.
deployments-where = Where
deployments-route = Route
deployments-amap = Amap
deployments-notices = My notices
deployments-calendar = Add to calendar
deployments-no-chief-yet = No site chief is named yet; ask the staff at the site.
deployments-cannot-come = I cannot come
deployments-why = Why
deployments-why-ill = Not well
deployments-why-working = At work
deployments-why-family = Family
deployments-why-too_far = Too far
deployments-why-other = Something else
deployments-note = More, if you like
deployments-seen = Seen, I go to the new place
deployments-coming = I am coming
deployments-i-am-here = I am here: check in
deployments-check-out-sure = Check out and leave?
deployments-acknowledged = Thank you, noted.
deployments-declined = Noted. Somebody else will be found.
deployments-you-are-in = You are checked in.
deployments-you-are-out = You are checked out. Thank you!
deployments-you-told = Waits for your answer
deployments-you-coming = You are coming
deployments-you-arrived = Checked in
deployments-you-left = Checked out
deployments-you-declined = Declined
deployments-you-withdrawn = Withdrawn
deployments-you-declined-long = You have declined; you are not expected, and somebody else has the place or is being looked for. If you can come another time, say when under “My record”.
deployments-you-declined-open = You have declined. Your place is still free: if you can come after all, say so here.
deployments-after-all = I can come after all
deployments-ask-again = Ask again
deployments-asked-again = They may be asked again: make a plan or a proposal for the gaps, and they are told if it is they.
deployments-you-are-done = You are done. Thank you!
deployments-come-back = I came back: check in again
deployments-you-withdrawn-long = The duty you had is withdrawn; do not go. You are told if there is another.
deployments-no-duty = You have no duty now. You will be told when you have.
deployments-my-record = My record
deployments-my-badge = My badge

# The site's page
deployments-missing = missing
deployments-no-role = No role
deployments-nobody-sent-role = Nobody was sent for this role yet. If you need people, tap “People”.
deployments-checklist = Set-up checklist
deployments-required-hint = A site opens only when everything with * is ticked.
deployments-to-stages = The checklist with its times
deployments-to-site-page = Back to my site
deployments-lacks = Not yet done:
deployments-request = Request
deployments-announcement = Announcement
deployments-scan = Scan badge
deployments-type-code = Type code
deployments-close-scanner = Close
deployments-aim = Hold the badge's QR code in front of the camera
deployments-no-camera = There is no camera to use here. Type the badge's code, or tap “Check in” in the list.
deployments-camera-refused = The camera is not allowed. Allow it for this page in the browser's settings and scan again; until then type the badge's code.
deployments-camera-busy = Another app is using the camera. Close it and scan again; until then type the badge's code.
deployments-no-reader = The badge reader is not on this phone yet. Tap “Scan badge” again with a network; until then type the code, or tap “Check in” in the list.
deployments-walk-in-as = For which post, if nobody sent them here
deployments-stranger-as = This code is not on the roster. For which post? Then tap “Check in”.
deployments-stranger = This code is not on the roster. It is noted and will be checked when there is a network.
deployments-misread = This code is wrong. Scan again, or compare and type it again.
deployments-here-already = is here already.
deployments-call-offline = No network, so the number cannot be looked up. Call when there is one, or use your own phone book.
deployments-outbox = On this phone
deployments-outbox-hint = On this phone: not sent yet. Received: the server has it. Checked: it counts.
deployments-save-file = Save the unsent as a file
deployments-read-file = Read a file
deployments-file-read = Read { $count }; they are sent by themselves.
deployments-no-file = This file was not saved by this system. Choose another.
deployments-lost = Entries lost
deployments-lost-here = This phone's storage was cleared. Checking whether anything unsent was lost.
deployments-phone-lost = Phone { $phone } lost { $count } unsent (noticed { $at }). Go through the roster, enter what is missing, then tap below.
deployments-lost-looked = Entered anew
deployments-lost-settled = Noted.
deployments-net-on = Connected
deployments-net-off = No network
deployments-net-out = Your sign-in has ended: sign in again. Everything is still on this phone.
deployments-all-received = everything received
deployments-item-here = on this phone
deployments-item-received = received
deployments-item-checked = checked
deployments-item-no = not accepted
deployments-kept-page = No network: this page is from { $age }.
deployments-volatile = This phone cannot keep entries (a private window?): what is unsent is lost when the page closes. Open a normal window, or wait for “everything received”.
deployments-sent-later = Noted on this phone; it is sent when there is a network.

# Links
deployments-links-summary = { $links } standing links; { $unlinked } sites without a team.
deployments-link = Link
deployments-unlink = Unlink
deployments-no-team = No team
deployments-link-unknown-team = No team has this code. Import teams first.
deployments-link-unknown-site = No site has this code. Import sites first.
deployments-link-twice = This link stands further up in the file. Delete the row.

# Notices
deployments-notice-whom-to-ask = { $has_chief ->
    [yes] Site chief { $chief } { $phone }.
   *[no] No site chief is named yet.
  }
deployments-notice-assigned = [{ $order }] Please be at { $site } ({ $address }) by { $from } as { $role }, until { $until }. { deployments-notice-whom-to-ask } Badge { $badge }. Confirm here:
deployments-notice-changed = [{ $order }] Your duty has changed: please be at { $site } ({ $address }) by { $from } as { $role }, until { $until }. { deployments-notice-whom-to-ask } Badge { $badge }. Confirm that you have seen this:
deployments-notice-withdrawn = [{ $order }] Your duty from { $from } until { $until } is withdrawn; do not go. Thank you!

# Announcements
deployments-announcements = Announcements
deployments-announce-what = What to say
deployments-announce-to = To whom
deployments-everybody-here = Everybody
deployments-announce = Announce
deployments-announced = The announcement is on its way.
deployments-nothing-announced = Nothing announced yet. Once you announce something, you see here how many have seen it.

# Calling an order out
deployments-group-text = For the group chat
deployments-copy = Copy
deployments-copied = Copied
deployments-cap = For machines (CAP 1.2)
deployments-look-closer = Look closer
deployments-cap-event = Volunteers are called out
deployments-cap-sender = District epidemic response headquarters
deployments-cap-instruction = Open your personal notice, confirm your post, and be there in time.
deployments-cap-over = The operation is over; do not set out any more.

# Refusals
deployments-refused-1 = The times are out of order: order, set up, in place and close follow one another, and a shift lasts at most a day. Mend them and try again.
deployments-refused-2 = No site is chosen. Choose other divisions or site codes.
deployments-refused-3 = This order is closed. Give a new one.
deployments-refused-4 = The plan is not ready. Wait a moment, or allocate again.
deployments-refused-5 = Things have changed since this plan was made. Allocate again, then publish.
deployments-refused-6 = This would leave { $site } short. Allocate again.
deployments-refused-7 = { $count ->
    [one] One person is under another order at these hours. Allocate again.
   *[other] { $count } people are under other orders at these hours. Allocate again.
}
deployments-refused-8 = This plan was published or undone before. Make a new one.
deployments-refused-9 = No plan is published yet. Publish one first.
deployments-refused-10 = A newer plan stands on this one. Undo the newer one first.
deployments-refused-11 = { $what } is not part of this order. Check the code.
deployments-refused-12 = You have no duty now. Wait for a notice.
deployments-refused-13 = You are checked in. To leave, check out or tell the site chief.
deployments-refused-14 = This duty is withdrawn or over. Open the page again for the latest.
deployments-refused-15 = This site is part of no open order. Ask the allocation group.
deployments-refused-16 = Nobody is known by this, or the person is not checked in here. Check the badge code.
deployments-refused-17 = Nothing to undo. Only the latest check-in at this site within 24 hours can be undone.
deployments-refused-18 = At most { $most } at once. Send them in parts.
deployments-refused-19 = People have been told; the shift cannot change. Undo the plan first.
deployments-refused-20 = The code { $code } is not in the register. Check it, or import it first.
deployments-refused-21 = This person cannot do this role. Choose another person or role.
deployments-refused-22 = { $count ->
    [one] One person has arrived and is not moved. Allocate again.
   *[other] { $count } people have arrived and are not moved. Allocate again.
}
deployments-refused-23 = An announcement needs words, at most { $most } letters. Shorten it and send it again.
deployments-refused-24 = There is nobody to tell yet. Publish a plan first, or choose another role.
deployments-refused-25 = Say which role and how many people (1 to 500).
deployments-refused-26 = Write a few words, so that others know what to do.
deployments-refused-27 = The order needs a name, at most { $most } letters. Shorten it and send it again.
deployments-refused-29 = { $count ->
    [one] One of these sites is under another order at these hours. Close that order first, or tick “beside other orders” if both are meant.
   *[other] { $count } of these sites are under another order at these hours. Close that order first, or tick “beside other orders” if both are meant.
}
deployments-beside = Beside other orders at the same sites and hours
deployments-refused-28 = This order is not closed, or was closed more than ten minutes ago, and stays as it is. Give a new order.
deployments-refused-30 = Somebody else has your place now; you are not expected. Thank you for offering. You are told if you are needed elsewhere.
deployments-refused-31 = This person has not declined, or may be asked already. Make a proposal for the gaps.
