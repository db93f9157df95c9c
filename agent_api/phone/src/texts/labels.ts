// What people call a change, a field and its value, for the screens that show what was sent, changed or is in conflict.

import { CLAIM_FIELDS } from '../domain/claim_fields'
import { isGroup, text, texts } from '../domain/fields'
import { FORM_PREFIX, questionsOf, type Question } from '../domain/form'
import { materialsOf } from '../domain/materials'
import { inGroups } from '../domain/receipt_number'
import type { Fields, Value } from '../protocol/messages'
import { CLAIM_LABELS } from './claim_labels'
import { choiceName, labelOf, materialName } from './names'
import { language, listed, sayIfKnown } from './say'

type Both = readonly [zh: string, en: string]

const CHANGES: { readonly [name: string]: Both } = {
  'resident.register': ['登记居民', 'Resident registered'],
  'resident.edit': ['更正居民资料', 'Resident corrected'],
  'consent.give': ['委托与同意', 'Consent taken'],
  'consent.revoke': ['撤回同意', 'Consent withdrawn'],
  'case.open': ['开办件', 'Case opened'],
  'case.submit': ['提交办件', 'Case filed'],
  'case.edit': ['补充办件', 'Case completed'],
  'case.amend': ['更正联系信息', 'Contact corrected'],
  'case.withdraw': ['撤回办件', 'Case withdrawn'],
  'case.correct': ['补正', 'Case put right'],
  'case.supply': ['补交容缺材料', 'Promised material brought'],
  'case.hand_over': ['登记领取', 'Result handed over'],
  'bundle.file': ['一件事申报', 'Bundle filed'],
  'claim.take': ['认领', 'Claim taken'],
  'claim.fill': ['填写要素', 'List filled in'],
  'claim.submit': ['提交清单', 'List submitted'],
  'claim.withdraw': ['退回认领', 'Claim given back'],
  'claim.decline': ['申请不认领', 'Claim declined'],
  'licence.keep': ['留存证照照片', 'Picture of a licence kept'],
  'lease.take': ['领取一批认领', 'Batch taken out'],
  'lease.give_back': ['交回领取', 'Batch given back'],
  'conflict.decide': ['决定冲突', 'Conflict decided'],
  'notice.read': ['已读通知', 'Notice read'],
  'notice.answer': ['答复通知', 'Notice answered'],
  'service_log.write': ['服务记录', 'Service logged'],
}

const FIELDS: { readonly [name: string]: Both } = {
  name: ['姓名', 'Name'],
  citizen_id: ['身份证号', 'Id number'],
  birth: ['出生日期', 'Born'],
  sex: ['性别', 'Sex'],
  phone: ['电话', 'Phone'],
  phone_relation: ['电话归属', 'Whose phone'],
  address: ['住址', 'Address'],
  hukou: ['户籍地', 'Registered at'],
  flags: ['情况', 'Circumstances'],
  served: ['在哪里办的', 'Where this was done'],
  until: ['到期', 'Until'],
  notes: ['备注', 'Remarks'],
  state: ['状态', 'State'],
  receipt: ['回执号', 'Receipt number'],
  promise: ['容缺承诺', 'Promise'],
  delivery: ['送达', 'Delivery'],
  handover: ['领取', 'Taken by'],
  answer: ['答复', 'Answer'],
  read_at: ['已读', 'Read'],
  decided_value: ['决定', 'Decision'],
  purpose: ['目的', 'Purpose'],
  means: ['方式', 'Means'],
  signed_at: ['签署时间', 'Signed'],
  valid_until: ['有效期至', 'Valid until'],
  kind: ['证照种类', 'Kind of licence'],
  data_kinds: ['信息种类', 'Kinds of data'],
  sensitive: ['敏感信息', 'Sensitive data'],
  decline_reason: ['不认领理由', 'Why declined'],
}

/** What only programs read: ids, hashes, versions. */
const SILENT = new Set([
  ...['resident', 'item', 'item_version', 'consent', 'village', 'helper', 'items', 'recipients', 'retention', 'text_hash'],
  ...['text_version', 'signature_file', 'read_aloud', 'campaign', 'unit', 'base_item', 'place', 'claimed_by', 'seen'],
  ...['bundle', 'leg', 'legs', 'code', 'claims', 'source', 'file', 'pages'],
])

function spoken(one: Both): string {
  return one[language.value === 'zh' ? 0 : 1]
}

export function changeWords(name: string): string {
  const known = CHANGES[name]
  return known ? spoken(known) : name
}

/** `item`: of the case the field belongs to, or empty. */
export function fieldWords(name: string, item: Fields): string {
  const [kind, rest] = [name.slice(0, name.indexOf('.') + 1), name.slice(name.indexOf('.') + 1)]
  if (kind === 'form.') {
    const question = questionNamed(item, rest)
    return question ? labelOf(question) : rest
  }
  if (kind === 'material.') {
    const material = materialsOf(item).find((one) => one.no === rest)
    return material ? materialName(material) : rest
  }
  if (kind === 'f.') return claimFieldWords(rest)
  const known = FIELDS[name]
  return known ? spoken(known) : name
}

export function claimFieldWords(name: string): string {
  const told = language.value === 'zh' ? CLAIM_FIELDS.find((field) => field.name === name)?.zh : CLAIM_LABELS[name]
  return told ?? name
}

/** A value as a person reads it. */
export function valueWords(value: Value | undefined): string {
  if (value === null || value === undefined || value === '') return '—'
  if (value === true) return sayIfKnown('yes')
  if (value === false) return sayIfKnown('no')
  if (Array.isArray(value)) return listed((value as Value[]).map(valueWords)) || '—'
  if (!isGroup(value)) return sayIfKnown(`word_${String(value)}`).replace(/^word_/, '')
  if (text(value, 'state')) {
    const state = sayIfKnown(`mat_${text(value, 'state')}`).replace(/^mat_/, '')
    return [state, text(value, 'due')].filter(Boolean).join(' ')
  }
  if (texts(value, 'both').length) return texts(value, 'both').join(' ／ ')
  if (text(value, 'to')) return [text(value, 'to'), sayIfKnown(`relation_${text(value, 'relation')}`)].join(' · ')
  const said = Object.values(value).filter((each) => !isGroup(each) && !Array.isArray(each))
  return said.map(valueWords).join(' · ') || '—'
}

/** What a change said, line by line, for a person. */
export function saidLines(set: Fields, add: Fields, item: Fields): (readonly [label: string, value: string])[] {
  // A filing says that it was filed: not worth a line of its own.
  const isSilent = (name: string): boolean => SILENT.has(name) || (name === 'state' && 'receipt' in set)
  const shown = Object.entries({ ...set, ...add }).filter(([name]) => !isSilent(name))
  return shown.map(([name, value]) => [fieldWords(name, item), answerWords(name, value, item)] as const)
}

function questionNamed(item: Fields, name: string): Question | undefined {
  return questionsOf(item).find((one) => one.name === name)
}

/** An answer to a question of the item as it was chosen; else as `wordsOf`. */
function answerWords(name: string, value: Value | undefined, item: Fields): string {
  const question = name.startsWith(FORM_PREFIX) ? questionNamed(item, name.slice(FORM_PREFIX.length)) : undefined
  return question && typeof value === 'string' && value ? choiceName(question, value) : wordsOf(name, value)
}

/** The value of a field that has words of its own for it, such as a state; of any other as `valueWords`. */
export function wordsOf(name: string, value: Value | undefined): string {
  if (name === 'citizen_id' && typeof value === 'string') return `${value.slice(0, 6)}********${value.slice(14)}`
  if (name === 'receipt' && typeof value === 'string') return inGroups(value)
  if (name === 'served' && typeof value === 'string') return sayIfKnown(`served_${value}`)
  if (name !== 'state' || typeof value !== 'string') return valueWords(value)
  const claim = sayIfKnown(`claim_state_${value}`)
  return claim.startsWith('claim_state_') ? sayIfKnown(`state_${value}`).replace(/^state_/, '') : claim
}
