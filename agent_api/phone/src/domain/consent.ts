// The text of mandate and consent that a resident is shown: made from the record's own fields, so that its hash can be
// checked later, and the kinds of data an item needs.
//
// Laws: every item and every kind of data is named; sensitive kinds stand apart and are ticked one by one. The words are
// plain and can be read out. They are those of the village office, to the letter: a changed wording is a new version.

import { hex, utf8 } from '../protocol/bytes'
import { hash } from '../protocol/chain'
import type { Fields } from '../protocol/messages'
import { groups, text, texts } from './fields'
import { isAsked, materialsOf } from './materials'
import { maskId } from './citizen_id'

export type Language = 'zh' | 'en'
export type Means = 'signature' | 'fingerprint' | 'oral'

export const TEXT_VERSION = '1'
export const VALID_DAYS = 30
export const RETENTION = { zh: '办结后三年', en: 'three years after the case ends' } as const
const SENSITIVE = ['bank', 'health', 'disability', 'biometrics', 'id_photo', 'tracks', 'under_14', 'finance']
const BASIC = ['name', 'citizen_id', 'phone', 'address']
const CHILD_AGE = 14
// Words of a material's name or a question's label → the kind of data it holds.
const TELLING: readonly (readonly [words: readonly string[], kind: string])[] = [
  [['银行', '社保卡账', '社会保障卡', '账户', '账号', '一卡通'], 'bank'],
  [['残疾'], 'disability'],
  [['病', '医疗', '健康', '诊断', '住院', '体检'], 'health'],
  [['收入', '财产', '低保'], 'finance'],
  [['户口', '户籍'], 'household'],
  [['照片'], 'photo'],
  [['子女', '家庭成员', '配偶', '监护'], 'relatives'],
]
const DATA_KINDS: { readonly [kind: string]: { readonly zh: string; readonly en: string } } = {
  name: { zh: '姓名', en: 'name' },
  citizen_id: { zh: '身份证号', en: 'citizen id number' },
  phone: { zh: '电话', en: 'phone' },
  address: { zh: '住址', en: 'address' },
  household: { zh: '户籍信息', en: 'household register' },
  photo: { zh: '照片', en: 'photo' },
  relatives: { zh: '家庭成员', en: 'relatives' },
  bank: { zh: '银行（社保卡）账户', en: 'bank account' },
  health: { zh: '健康信息', en: 'health' },
  disability: { zh: '残疾信息', en: 'disability' },
  biometrics: { zh: '生物识别', en: 'biometrics' },
  id_photo: { zh: '证件照片', en: 'photo of the id card' },
  tracks: { zh: '行踪', en: 'tracks' },
  under_14: { zh: '未满十四周岁信息', en: 'data of a child under 14' },
  finance: { zh: '财产收入', en: 'income and property' },
}

export function kindWord(kind: string, language: Language): string {
  return DATA_KINDS[kind]?.[language] ?? kind
}

/** What the item says it needs; what its materials and questions tell, when it says nothing. */
export function dataKindsOf(item: Fields, age: number | null): string[] {
  const said = texts(item, 'data_kinds')
  if (said.length) return said
  const labels = materialsOf(item)
    .filter(isAsked)
    .map((material) => material.name)
  labels.push(...groups(item, 'fields').map((row) => text(row, 'label')))
  const isTold = (words: readonly string[]): boolean => labels.some((label) => words.some((word) => label.includes(word)))
  const told = TELLING.filter(([words]) => isTold(words)).map(([, kind]) => kind)
  return [...BASIC, ...told, ...(age !== null && age < CHILD_AGE ? ['under_14'] : [])]
}

/** A photo of an id card is a sensitive kind of its own. */
export function withPhotographed(kinds: readonly string[], photographed: readonly string[]): string[] {
  const isCard = photographed.some((name) => name.includes('身份证') || name.includes('户口'))
  return [...new Set([...kinds, ...(isCard ? ['id_photo'] : [])])]
}

export function sensitiveOf(kinds: readonly string[]): string[] {
  return kinds.filter((kind) => SENSITIVE.includes(kind))
}

/** Who receives the data: the department in charge and the desk that takes the filing in. */
export function recipientsOf(item: Fields): string[] {
  return [text(item, 'dept') || '主管部门', '综合窗口']
}

export function needsWitness(means: Means): boolean {
  return means !== 'signature'
}

export interface ConsentShown {
  readonly resident: Fields
  readonly items: readonly string[]
  readonly kinds: readonly string[]
  readonly recipients: readonly string[]
  readonly helper: string
  readonly validUntil: string
  readonly language: Language
}

/** The whole text as shown. It carries the id masked: who signs knows the number. */
export function consentText(shown: ConsentShown): string {
  const { language, items, recipients, helper, validUntil } = shown
  const words = (kinds: readonly string[]): string[] => kinds.map((kind) => kindWord(kind, language))
  const apart = words(sensitiveOf(shown.kinds))
  const plain = words(shown.kinds.filter((kind) => !SENSITIVE.includes(kind)))
  const name = text(shown.resident, 'name')
  const masked = maskId(text(shown.resident, 'citizen_id'))
  if (language === 'en') {
    return [
      `I, ${name} (${masked || 'id to follow'}), ask the helper ${helper} to prepare and hand in for me, free of charge:`,
      ...items.map((item) => `  - ${item}`),
      `For this the following data of mine is used: ${plain.join(', ')}.`,
      `Sensitive, agreed to one by one: ${apart.join(', ') || 'none'}.`,
      `Only for this purpose; it goes to ${recipients.join(', ')} and is kept ${RETENTION.en}.`,
      `This holds until ${validUntil} at the latest and ends with the case. I may withdraw it at any time,`,
      'see and correct my data and have it deleted, by telling the helper, any desk or 12345.',
      'What I said is true. The helper may not decide, sign or receive money for me.',
    ].join('\n')
  }
  return [
    `本人${name}（${masked || '身份证号待补'}）委托帮办员${helper}免费代为准备并提交下列事项：`,
    ...items.map((item) => `　　· ${item}`),
    `为此使用本人的下列信息：${plain.join('、')}。`,
    `其中敏感信息逐项单独同意：${apart.join('、') || '无'}。`,
    `只用于办理以上事项，提供给${recipients.join('、')}，保存至${RETENTION.zh}。`,
    `本委托最迟至${validUntil}有效，办结即止。本人可随时撤回，可查看、更正、删除本人信息，`,
    '告诉帮办员、任一窗口或拨打12345即可。',
    '本人所述属实。帮办员不得代为决定、代为签名、代收钱款。',
  ].join('\n')
}

/** SHA-256 of the text as shown, in NFC, as 64 hex digits. */
export function shownTextHash(shown: string): string {
  return hex(hash(utf8(shown.normalize('NFC').replace(/\r\n?/g, '\n'))))
}
