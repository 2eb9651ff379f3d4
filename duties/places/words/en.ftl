# Sites
places-sites = Sites
places-site = Site
places-sites-summary = { $count ->
  [one] 1 site in use
 *[other] { $count } sites in use
}; { $chiefless } without a chief, { $zoneless } without a zone.
places-search = Code or name
places-find = Find
places-show-all = Show all
places-found = { $count ->
  [one] 1 found
 *[other] { $count } found
}
places-none-found = No site fits. Try another word, or show all.
places-no-sites = There are no sites yet. Import the table of sites, or add them one by one.
places-next-page = Next page
places-show-retired = Show those out of use
places-retired = out of use
places-new-site = New site
places-edit = Change
places-retire = Take out of use
places-retire-sure = Take “{ $name }” out of use? Later orders leave it out; past records stay.
places-bring-back = Bring back into use
places-site-saved = The site is saved.
places-site-retired = The site is out of use.
places-site-back = The site is in use again.
places-where = Where
places-code = Code
places-name = Name
places-division = Division
places-all-divisions = All divisions
places-address = Address
places-position = Position
places-latitude = Latitude
places-longitude = Longitude
places-origin = Coordinates from
places-origin-wgs84 = WGS-84 (satellite)
places-origin-gcj02 = GCJ-02 (Chinese web maps)
places-priority = Priority
places-priority-usual = usual
places-priority-high = high
places-priority-highest = highest
places-expected = People expected
places-people = Posts
places-needs = People needed
places-no-needs = Nobody has said yet how many people are needed.
places-state-needs = Say how many
places-post = Post
places-headcount = People
places-together = Together
places-propose-title = By the guideline
places-propose = Work out the numbers
places-proposed-below = The numbers are filled in below; change them as you like, then save.
places-by-guideline = By the guideline, { $people } people need { $tables } sampling tables and { $samplers } samplers.
places-guideline-source = Source: { $source } (from { $from })
places-overloaded = too many for one site
places-overload = The guideline has { $sites } sites for so many people.

# Chiefs and leads
places-chief = Site chief
places-named = named
places-not-named = not named
places-no-chief = No chief yet
places-name-chief = Name the chief
places-name-lead = Name the lead
places-person-name = Name
places-person-phone = Telephone
places-name-and-link = Name and make a personal link
places-show-phone = Show the number
places-phone-noted = This look has been noted.
places-new-link = New link
places-new-link-sure = The old link stops working at once. Go on?
places-link-title = Personal link
places-link-of = Personal link of { $name }
places-link-hint = Hand it over now; it is not shown again. It works for 30 days, without a password.
places-link-address = Address

# Zones
places-zones = Zones
places-zone = Zone
places-no-zone = no zone
places-zones-summary = { $count ->
  [one] 1 zone
 *[other] { $count } zones
}; { $leadless } without a lead, { $outside } sites in no zone.
places-lead = Zone lead
places-zone-too-large = more than 7
places-no-zones = There are no zones yet. “Group into zones” puts neighbouring sites together.
places-no-zones-no-sites = There are no sites to group yet. Import the sites first.
places-propose-zones = Group into zones
places-regroup = Regroup everything
places-regroup-sure = All zones and their leads end, and new zones are made. Go on?
places-proposal-summary = { $sites } sites in { $zones } zones.
places-span-rule = A zone lead has five to seven neighbouring sites, seven at most.
places-make-zones = Make these zones
places-which-sites = Sites
places-zone-name = { $division } { $number }
places-zones-made = The zones are made. Name their leads.
places-zones-dissolved = The new zones are taken back; their sites are in none again.
places-comma = ,{" "}
places-colon = :{" "}

# Divisions
places-divisions = Divisions
places-divisions-summary = { $count ->
  [one] 1 division
 *[other] { $count } divisions
}, { $drawn } with a boundary.
places-no-divisions = There are no divisions yet. Import their table or add them here; importing sites also makes them by their codes.
places-boundary = Boundary
places-drawn = known
places-not-drawn = none
places-map = The district's divisions and sites
places-bring-boundaries = Bring boundaries in
places-boundaries-hint = A GeoJSON file with one polygon per division; { $most } MB at most. Its nine-digit code or its name is in the properties:
places-file = File
places-bring-in = Bring in
places-boundaries-taken = The boundaries are in.
places-boundaries-partly = The boundaries that fit are in; the others are of no division here and were left out.
places-put-division = Add or correct a division
places-division-saved = The division is saved.
places-division-gone = The division is taken out.
places-boundaries-too-large = the file is larger than { $most } MB; simplify the boundaries first
places-boundaries-not-geojson = it is no FeatureCollection of GeoJSON
places-boundaries-too-many-features = it has more than { $most } features; leave only this district's divisions
places-boundaries-too-many-points = it has more than { $most } points; simplify the boundaries first
places-boundaries-nameless = feature { $number } has neither code nor name; give it one
places-boundaries-no-polygon = feature { $number } is no polygon; leave it out or mend it
places-boundaries-bad-ring = the coordinates of feature { $number } make no ring; check them

# Readiness
places-readiness = Readiness
places-ask-for-help = Ask for help
places-stage-none = no order
places-stage-preparing = preparing
places-stage-set_up = set up
places-stage-open = open
places-stage-closed = closed
places-missing = { $count ->
  [one] 1 item is missing before it can open.
 *[other] { $count } items are missing before it can open.
}
places-ready-hint = Everything required is there: it can open.
places-open-hint = Sampling goes on.
places-closed-hint = The day's work is done.
places-required = Required to open
places-optional = Other
places-item-chief = Chief in place
places-item-registrar = Registrar in place
places-item-samplers = Samplers in place
places-item-tubes = Tubes counted
places-item-device_check = Devices tried
places-item-water = Water
places-item-tents = Tents
places-item-ppe = Protective equipment
places-done = there
places-open-item = not yet
places-mark = It is there
places-unmark = Undo
places-marked = Noted.
places-unmarked = Taken back.
places-by-account = staff
places-by-volunteer = volunteer
places-by-device = device
places-by-system = system
places-by-visitor = visitor
places-say-set-up = We are set up
places-say-open = Open the site
places-say-close = Close the site
places-say-reopen = Open again
places-close-sure = Close the site? Nobody is received after that.
places-withdraw = Take back “{ $stage }”
places-set-up-said = Reported: set up.
places-open-said = Reported: open.
places-close-said = Reported: closed.
places-stage-withdrawn = Taken back.

# Refusals
places-refused-1 = This site has no order now. Come back when one is given, or ask the duty officer.
places-refused-2 = It cannot open yet; missing: { $missing }. Mark them on the checklist when they are there, then open.
places-refused-3 = Not saved: { $reason }. Mend it and send it again.
places-refused-4 = Another site has the code { $code }. Choose another code, or change that site.
places-refused-5 = No boundaries were brought in: { $reason }.
places-refused-6 = No feature is a division of this district ({ $unknown }). Check code or name, or bring the divisions in first.
places-refused-7 = Sites have changed since, so this proposal is old. Look at the new one.
places-refused-8 = Nobody is named yet, or no number is known. Name somebody first.
places-refused-9 = Every site is in a zone. Use “Regroup everything” to change that.
places-refused-10 = The site has moved on, so nothing was taken back. Look at the page again.
places-refused-11 = Give a name of at most { $most } letters.
places-refused-12 = That number cannot be called. Write it with its area code, or with + and its country code.
places-refused-13 = That is no position: latitude lies between -90 and 90, longitude between -180 and 180, and both are needed.
places-refused-14 = One of these zones has a lead already. Change the zone on the page of the site instead.
places-refused-15 = Sites lie in this division. Give them another division on their pages first.

# What becomes of rows
places-row-no-code = no code: give the row one that no other row has
places-row-no-name = no name: give the row one
places-row-too-long = the { $column } is too long: shorten it
places-row-twice = the code { $code } is already in this file: the first row was taken
places-row-unknown-division = no division { $division }: write its nine-digit code, or bring the divisions in first
places-row-ambiguous-division = more than one division is called { $division }: write the code, one of { $codes }
places-row-other-district = division { $division } is not in this district: its code begins with other digits
places-row-bad-priority = priority { $priority }: write 1, 2 or 4
places-row-too-many = { $people } people for one role: check the number
places-column-code = code
places-column-name = name
places-column-address = address
places-to-site-page = Back to my site
