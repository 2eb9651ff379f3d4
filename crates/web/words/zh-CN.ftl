# The frame
web-muster = 集结
web-no-network = 没有网络：现在提交的内容送不出去，请等这一行消失后再提交。
web-unsent = { $count } 条在本机还没有送出，最早 { $age }
web-skip = 跳到正文
web-navigation = 页面
web-other-language = English
web-drill = 演练时钟
web-sign-out = 退出
web-back = 返回
web-save = 保存
web-create = 创建
web-saved = 已保存。

# Coming in
web-sign-in = 登录
web-login = 用户名
web-password = 密码
web-sign-in-hint = 志愿者和点长不用密码：打开通知里的个人链接即可。
web-enter = 进入
web-enter-title = 您的个人入口
web-enter-hint = 此链接只属于您本人，请勿转发。
web-new-password = 新密码
web-password-hint = 至少 { $least } 个字符。用一句短话最好记。
web-sign-in-oidc = 用统一身份登录
web-password-set = 密码已设置。

# Accounts
web-accounts = 账号
web-name = 姓名
web-roles = 角色
web-role = 角色
web-phone = 电话
web-new-account = 新建账号
web-account-created = 账号已建立。请为持有人生成一次性链接。
web-account-reinstated = 账号已恢复；本人需重新登录。
web-account-suspended = 账号已停用，其登录全部失效。
web-suspended = 已停用
web-looked-at-many = 一小时内查看了 { $count } 人。请问明原因；说不清的，先停用账号。
web-reinstate = 恢复账号
web-change-roles = 调整角色
web-take-role = 收回：{ $role }
web-give-role = 授予此角色
web-suspend = 停用
web-suspend-sure = 停用 { $login }？该账号的登录和链接立即失效。
web-make-link = 一次性链接
web-link-title = 一次性链接
web-link-hint = 请现在交给持有人。24 小时内有效，只能用一次，不再显示。
web-link-address = 网址
web-identity = 统一身份（{ $claim }）
web-claim-email = 邮箱
web-identity-hint = 本人在统一身份平台上的名称。首次登录时与账号绑定；绑定后，平台上改名或转给别人都进不来。
web-identity-save = 保存身份
web-identity-joined = 已绑定
web-identity-written = 身份已保存。用原身份进来的人要重新登录。
web-role-changed = 已保存。持有人须重新登录。
web-tokens = 接口令牌
web-tokens-hint = 设备和程序用的长期凭证，在服务器上用 muster token 签发。设备丢失或换用时请撤回。
web-token-for = 用途
web-token-made = 签发时间
web-withdraw-token = 撤回
web-withdraw-token-sure = 撤回“{ $label }”？使用它的设备立即断开。
web-token-withdrawn = 令牌已撤回。
web-pages = 全部页面
web-address = 网址
web-right = 权限

role-administrator = 管理员
role-duty_officer = 值班长
role-allocator = 志愿者调配组
role-prevention_group = 防控服务组
role-assessment_group = 干部考察组
role-zone_lead = 片长
role-site_chief = 点长
role-volunteer = 志愿者

post-gatekeeper = 点位守门员
post-registrar = 信息采集员
post-queue_marshal = 秩序引导员
post-runner = 物资配送员
post-checkpoint_guard = 卡口执勤
post-driver = 物资运输

group-allocation = 志愿者调配组
group-prevention = 防控服务组
group-assessment = 干部考察组

# Time
web-enter-by-badge = 志愿者：凭胸牌进入
web-times-in = 所有时间为当地时间（{ $zone }）
web-undo = 撤销
web-draft = 还没有保存：{ $at } 填的内容
web-discard = 放弃
web-print = 打印
web-way-back = 扫码回到本页。打印于 { $at }
web-to-imports = 去导入
web-ago-s = { $count } 秒前
web-ago-min = { $count } 分钟前
web-ago-h = { $minutes ->
    [0] { $count } 小时前
   *[other] { $count } 小时 { $minutes } 分前
  }
web-ago-d = { $count } 天前
web-until-s = { $count } 秒后
web-until-min = { $count } 分钟后
web-until-h = { $minutes ->
    [0] { $count } 小时后
   *[other] { $count } 小时 { $minutes } 分后
  }
web-until-d = { $count } 天后
web-late-s = 已超 { $count } 秒
web-late-min = 已超 { $count } 分钟
web-late-h = { $minutes ->
    [0] 已超 { $count } 小时
   *[other] 已超 { $count } 小时 { $minutes } 分
  }
web-late-d = 已超 { $count } 天

# Two versions under one key
web-conflicts = 待核定
web-conflicts-hint = 同一条记录收到两种内容。第一种已生效，第二种未生效，两种都留着。请核实后选一个。
web-conflicts-none = 没有待核定的记录。手机重发时内容不同才会出现在这里。
web-conflicts-home = 回首页
web-conflicts-more = 另有 { $count } 条，核定这些后显示。
web-conflict-first = 先到，已生效
web-conflict-second = 后到，未生效
web-conflict-first-unknown = 先到的内容没有另存；以已登记的为准。
web-conflict-device = 设备：{ $label }
web-conflict-open-person = 查看此人
web-conflict-open-site = 查看该点名单
web-conflict-keep-first = 以先到的为准
web-conflict-take-second = 照后到的办
web-conflict-noted = 都已知悉，不改
web-conflict-decided = 已核定，并记入日志。
web-conflict-undecided = 已撤回，重新等待核定。
web-way-in = 到岗
web-way-out = 离岗
web-way-undo = 撤销上一次
web-kind-people = 要人
web-kind-supplies = 要物资
web-kind-problem = 报问题
web-yes = 是
web-no = 否
web-field-person = 姓名
web-field-volunteer = 人员
web-field-badge = 胸牌码
web-field-at = 时间
web-field-way = 动作
web-field-role = 岗位
web-field-device = 手机
web-field-text = 内容
web-field-details = 内容
web-field-note = 备注
web-field-reason = 原因
web-field-kind = 类别
web-field-item = 检查项
web-field-done = 已完成
web-field-count = 数量
web-field-name = 名称
web-field-login = 用户名
web-field-story = 事迹
web-disk-low = 服务器磁盘只剩 { $free }%。请管理员尽快腾出空间；写满后不能再登记，查看不受影响。

# 人员名单导出
web-export = 导出文件
web-export-why = 用途
web-export-note = 说明（选“其他”时必填）
web-export-hint = 谁、何时、为何导出，会记入日志并印在文件末尾。人数多的名单要先经第二人同意。
web-export-why-duty = 本次行动派人、联络
web-export-why-superior = 上级要求上报
web-export-why-commendation = 致谢表彰
web-export-why-mending = 改正后重新导入
web-export-why-other = 其他
web-export-asked = 已请第二人同意。同意后在这里取文件。
web-export-foot = { $who } 于 { $at } 导出，用途：{ $why }
web-export-foot-agreed = { $who } 同意
web-export-foot-forced = 紧急导出，无第二人同意（{ $who }）
web-export-people = { $count } 人
web-exports-own = 我的导出
web-exports-own-hint = 我申请导出的名单。经同意的文件一小时内可取一次。
web-exports-own-none = 没有申请。人数多的名单请在各自页面申请。
web-exports-waiting = 待同意的导出
web-exports-waiting-hint = 有人要导出人数多的名单。不清楚用途请先问清。同意一次只能取一份，一小时内有效。
web-exports-waiting-none = 没有等您同意的导出。
web-exports-forced = 最近24小时的紧急导出
web-exports-forced-by = 一天内紧急导出了 { $count } 份长名单，请问明原因。
web-export-another = 自己的申请要由别人同意。
web-export-agree = 同意
web-export-say-no = 不同意
web-export-agreed-said = 已同意，申请人现在可以取文件。
web-export-refused-said = 未同意，申请人会看到。
web-export-take = 取文件
web-export-force = 只有我一人值班：紧急导出
web-export-force-sure = 不经第二人同意就导出这份名单？管理员会看到，日志和文件上也会写明。
web-export-forced-said = 现在可以取文件。管理员会看到这次无人同意。
web-export-waiting = 等第二人同意
web-export-open = 已同意
web-export-refused = 未同意
web-export-taken = 已取走
web-export-over = 已过期
web-list-plan = 派遣方案
web-list-commendations = 表彰名单
web-list-rejected_rows = 退回的行

# Refusals
web-refused-title = 没有办成
web-refused-code = 编号 { $code } · 请求 { $request }
web-refused-1 = 请先登录。
web-refused-2 = 这里没有内容，或者您无权查看。请核对网址，或询问发给您的人。
web-refused-3 = 看不懂这个请求：{ $reason }。请改正后重发。
web-refused-4 = 这一条已用别的内容发过。新内容已留存，由值班长核定；没有改动任何数据。
web-refused-5 = 这个请求来自别的网站。请在本站打开页面再试。
web-refused-6 = 尝试次数过多。请等一刻钟，或索取新链接。
web-refused-7 = 用户名、密码或代码不对。请重试，或索取新链接。
web-refused-8 = 此链接已用过、已撤回或已过期。请索取新链接。
web-refused-9 = 密码太短：至少 { $least } 个字符。
web-refused-10 = 用户名 { $login } 已被占用，请换一个。
web-refused-11 = 太大了：最多 { $most }。
web-refused-12 = 服务器正忙。您的工作没有丢失，请稍后再试。
web-refused-13 = 我们这边出了故障，没有改动任何数据。请重试；若再出现，请报下面的编号。
web-refused-14 = 这是最后一个管理员。请先再建一个。
web-refused-15 = 这个网址不能这样用。
web-refused-16 = 本服务器用真实时间，时钟不能拨动。
web-refused-17 = 服务器磁盘已满，这一条没有记下，查看不受影响。请告诉管理员腾出空间，然后重发。
web-refused-18 = 这一条已经有人核定了。请刷新页面。
web-refused-19 = 后到的内容现在办不成：{ $reason } 请改选其他办法，或到相应页面手工登记。
web-refused-20 = 请说明名单的用途：选一项；选“其他”时写明。
web-refused-21 = 这次同意已用过、超过一小时，或者不是这份名单（名单变长了也要重新申请）。请在名单页面重新申请。
web-refused-22 = 自己的申请要由别人同意。若只有您一人值班，请到“我的导出”用紧急导出。
web-refused-23 = 一次发得太多：最多 { $most } 个值。请分几次发。
web-refused-24 = 本系统没有接入统一身份。请用密码或个人链接登录。
web-refused-25 = 这次登录已用过、超过十分钟，或者是在别的浏览器开始的。请回登录页重新开始。
web-refused-26 = 身份已核实，但本系统没有您的账号，或账号已停用。请管理员在您的账号里填上您的 { $claim }。
web-refused-27 = 您的邮箱还没有在统一身份平台上确认。请先去确认，再重新登录。
web-refused-28 = 统一身份平台没有放行。请回登录页重新开始，或用密码登录。
web-refused-29 = 统一身份平台没有回应。请用密码登录，或一分钟后再试。
web-refused-30 = 统一身份平台的答复不可信。请重新登录；再出现时请告诉管理员，先用密码登录。
web-refused-31 = 这个身份已在另一个账号上。请先在那里删去，或填写别的。
web-refused-32 = 这是另一个人在本机上做的操作，只能由本人发送：请其重新在这里登录。
