// What became of a change, in words: why, and what to do. Loaded with the screens that need it. Law: a reason that only
// a newer centre knows is shown as it is, with the advice to ask; nothing is hidden.

import { groups } from '../domain/fields'
import type { Fields } from '../protocol/messages'
import type { KnownOutcome } from '../replica/state'
import { language } from './say'

type Both = readonly [zh: string, en: string]

export interface Told {
  readonly why: string
  readonly todo: string
}

const ASK: Both = ['请联系乡镇负责人', 'Ask the town lead']
const ADMIN: Both = ['请联系管理员', 'Ask an administrator']
const NOTHING: Both = ['无需操作', 'Nothing to do']
const UPDATE: Both = ['请更新“帮办”', 'Update the app']
const ANEW: Both = ['更正后重新办理，原内容已保存', 'Put it right and do it again; what you sent is kept']

const REASONS: { readonly [reason: string]: readonly [why: Both, todo: Both] } = {
  waits_for_record: [
    ['等它所引用的记录到达', 'It waits for a record it names'],
    ['通常会自动继续；过一天仍在，请联系乡镇负责人', 'It usually goes on by itself; after a day ask the town lead'],
  ],
  waits_for_change: [['等前一条先办入', 'It waits for an earlier change'], ['先处理前一条', 'See to the earlier one first']],
  duplicate_filing: [
    ['同一人同一事项已有在办件，已关联', 'The same person and service is open already; the two are linked'],
    ['无需重办，以先收到的为准', 'Nothing to do: the first received stands'],
  ],
  item_migrated: [
    ['事项已更新，已按新版调整', 'The service changed; the filing was adapted'],
    ['打开回执，核对材料清单', 'Open the receipt and check the materials'],
  ],
  item_cancelled: [['事项已取消', 'The service was cancelled'], ['请告知本人', 'Tell the resident']],
  item_suspended: [
    ['事项暂停办理', 'The service is suspended'],
    ['请告知本人；恢复后用原内容重办', 'Tell the resident; do it again once the service goes on'],
  ],
  not_yours: [['不在您的范围内', 'It is outside your reach'], ASK],
  moved_away: [['您已调离该村', 'You moved to another village'], ['请接手的帮办员办理', 'The new helper takes over']],
  device_revoked: [['设备已停用', 'The device was revoked'], ADMIN],
  id_reused: [['同一编号出现两种内容，两份都已保存', 'One id came with two contents; both are kept'], ADMIN],
  conflict_moved: [['记录后来又变了', 'The record moved on since'], ['再看一次，重新决定', 'Look again and decide anew']],
  conflict_decided: [['别人已经决定', 'Somebody decided before you'], NOTHING],
  choice_too_late: [['办件已受理，收到的材料不能退回', 'The case is accepted: what came in stays'], ['重新决定，选现有的值', 'Decide anew, for what stands']],
  decision_incomplete: [['还有字段没有决定', 'Some fields are undecided'], ['重新决定', 'Decide anew']],
  campaign_closed: [['批次已结束', 'The campaign is over'], ['等下一批次', 'Wait for the next one']],
  out_of_scope: [['不在本批次范围', 'It is not in this campaign'], NOTHING],
  proposal: [
    ['另一主体已认领，您的作为并列方案保存', 'Another unit holds it; yours is kept beside it'],
    ['等审核方决定', 'A reviewer decides'],
  ],
  lease_taken: [
    ['这些认领已被同事领取', 'A colleague has taken these claims out'],
    ['到认领清单看是谁，另选一批', 'See in the list who it is, and choose others'],
  ],
  lease_overlap: [
    ['其中几项已被同事领取，其余归您', 'A colleague has some of these; the rest is yours'],
    ['到认领清单看是谁领取了哪些', 'See in the list who has which'],
  ],
  online_only: [['审核须在线进行', 'Reviewing is done online'], ['请在审核页面办理', 'Do it at a desk']],
  own_work: [['不能审核自己提交的', 'Nobody reviews what they submitted'], ['请同事审核', 'Let a colleague review it']],
  proposal_open: [['并列的认领还未决定', 'It stands beside another claim'], ['等审核方决定', 'A reviewer decides']],
  no_proposal: [['没有并列的认领', 'There is no other claim'], NOTHING],
  unknown_change: [['中心不认识这种变更', 'The centre does not know this change'], UPDATE],
  newer_client: [
    ['中心版本较旧', 'The centre is older than this app'],
    ['等中心升级后自动办入', 'It is applied by itself after the upgrade'],
  ],
  record_unknown: [['中心没有这条记录', 'The centre has no such record'], ['先联系一次中心，再重办', 'Sync, then do it again']],
  record_exists: [['记录已存在', 'The record exists already'], ['先联系一次中心，再看', 'Sync, then look']],
  malformed: [['中心读不出来，原文已保存', 'The centre could not read it; it is kept as it came'], ADMIN],
  decided: [['冲突已由人决定', 'A person decided the conflict'], NOTHING],
  computed_field: [['写了只有中心能写的字段', 'It wrote what only the centre writes'], UPDATE],
  not_changeable: [['现在不能这样改', 'It cannot be changed like this now'], ['请联系窗口', 'Ask the desk']],
  state_step: [['办件已到下一步，不能再这样改', 'The case has moved on'], ['打开办件看现在的状态', 'Open the case and look']],
  nothing_asked: [['这条通知不需要答复', 'This notice asked for no answer'], NOTHING],
  answer_too_late: [['已经处理完，不再需要答复', 'It is settled; no answer is needed any more'], NOTHING],
  wrong_id: [['认领编号不对', 'A wrong claim id'], UPDATE],
}

const CONFLICT: readonly [why: Both, todo: Both] = [
  ['别人同时改了同一处', 'Somebody changed the same thing'],
  ['对比两边，点一下决定用哪个', 'Compare the two and tap the one that is right'],
]
const FINE: readonly [why: Both, todo: Both] = [['后来已办妥', 'It has been settled since'], NOTHING]

export function tellOutcome(outcome: KnownOutcome): Told {
  const inWords = ([why, todo]: readonly [Both, Both]): Told => ({ why: spoken(why), todo: spoken(todo) })
  if (outcome.code === 'conflict') return inWords(CONFLICT)
  if (outcome.code === 'applied' || outcome.code === 'merged') return inWords(FINE)
  const problems = groups(outcome.detail as Fields, 'problems').filter((one) => typeof one['zh'] === 'string')
  const own = REASONS[outcome.reason]
  if (own && !problems.length) return inWords(own)
  if (problems.length) {
    const told = problems.map((one) => spoken([String(one['zh']), String(one['en'] ?? one['zh'])]))
    return { why: told.join(language.value === 'zh' ? '；' : '; '), todo: spoken(own?.[1] ?? ANEW) }
  }
  return { why: outcome.reason, todo: spoken(ASK) }
}

function spoken([zh, en]: Both): string {
  return language.value === 'zh' ? zh : en
}
