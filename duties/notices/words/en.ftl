notices-mail-subject = [Muster] Operation notice
notices-announcement = [Muster] { $text }
notices-group = [Muster] { $order }: { $sites ->
    [one] one site
   *[other] { $sites } sites
}, { $people ->
    [one] one volunteer
   *[other] { $people } volunteers
}. Set up by { $setup }, in place by { $place }. Please open your own notice and confirm your post.

notices-notices = Notices
notices-channel = Channel
notices-channel-in-app = Own page
notices-channel-email = E-mail
notices-channel-sms = SMS
notices-channel-wecom = WeCom group
notices-channel-dingtalk = DingTalk group
notices-not-set-up = not set up
notices-state-queued = Waiting
notices-state-failed = Tried again soon
notices-state-sent = Sent
notices-state-seen = Seen
notices-state-given-up = Not delivered
notices-given-up-list = Notices that were not delivered
notices-none-given-up = Nothing was given up. What cannot be delivered is listed here with its reason.
notices-retry = Send again
notices-retry-all = Send all again
notices-tried-again = Queued again; it goes out now.
notices-to = To
notices-reason = Reason
notices-tries = Tries
notices-when = When
notices-more = Next page
notices-announcements = Announcements
notices-none-announced = Nothing was announced yet. Announcements are listed here with how many have seen them.
notices-seen-of = seen by { $seen } of { $told }
notices-own = My notices
notices-none-told = No notices yet. When there is a task for you it appears here and on your phone.
notices-see = { $count ->
    [one] I have seen it
   *[other] I have seen all { $count }
}
notices-said-seen = Noted: you have seen it.
notices-new = new
notices-back-to-duty = Back to my post
