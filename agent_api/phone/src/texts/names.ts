// What things of the catalogue are called on a screen. Their names are official and Chinese; an English screen shows the
// English words where the catalogue has them, else the Chinese ones with a word or two on what kind of thing it is.
//
// Laws: no official name of a service is made up here: a gloss names a kind, never the thing. Common words of its list
// (materials, questions, answers, departments) are translated, and stand nowhere but on the screen.

import { shallowRef, watch } from 'vue'

import { text } from '../domain/fields'
import { eventsOf, LIFE_EVENTS } from '../domain/life_events'
import type { Question } from '../domain/form'
import type { Material } from '../domain/materials'
import type { Fields } from '../protocol/messages'
import { language } from './say'

/** Kinds of items (事项类型) that somebody can apply for. */
const ITEM_KINDS: { readonly [code: string]: string } = {
  '01': 'permit',
  '05': 'benefit',
  '07': 'confirmation',
  '08': 'award',
  '09': 'ruling',
  '10': 'other power',
  '20': 'public service',
}
/** Kinds of electronic licences that materials name. */
const LICENCE_KINDS: { readonly [kind: string]: string } = {
  身份证: 'id card',
  户口簿: 'household register',
  结婚证: 'marriage certificate',
  驾驶证: 'driving licence',
  行驶证: 'vehicle licence',
  营业执照: 'business licence',
  残疾人证: 'disability card',
  低保证: 'subsistence allowance certificate',
  老年人优待证: 'senior card',
  火化证明: 'cremation certificate',
  光荣证: 'one-child certificate',
  出生医学证明: 'birth certificate',
  不动产权证: 'title to land or house',
  社保卡: 'social security card',
  退役军人优待证: 'veteran card',
}
const CHINESE = /\p{Script=Han}/u

const words = shallowRef<{ readonly [zh: string]: string }>({})
// Only who reads English needs them; a phone that cannot have them now shows the Chinese.
watch(
  language,
  async (chosen) => {
    if (chosen === 'en') words.value = await import('./catalogue_words').then((found) => found.CATALOGUE_WORDS).catch(() => ({}))
  },
  { immediate: true },
)

/** A word of the catalogue, in English on an English screen: the catalogue's own where it has one, else ours. */
function inEnglish(zh: string, own = ''): string {
  return language.value === 'en' ? own || words.value[zh] || zh : zh
}

/** Of an item, bundle or whatever else has a name. */
export function nameOf(fields: Fields): string {
  return (language.value === 'en' && text(fields, 'name_en')) || text(fields, 'name')
}

/** Of a material. */
export function materialName({ name, nameEn }: { readonly name: string; readonly nameEn: string }): string {
  return inEnglish(name, nameEn)
}

/** What does instead of a material. */
export function insteadOf({ instead, insteadEn }: Material): string {
  return inEnglish(instead, insteadEn)
}

/** Of a question. */
export function labelOf({ label, labelEn }: { readonly label: string; readonly labelEn: string }): string {
  return inEnglish(label, labelEn)
}

/** Of an answer that was chosen; what was typed is shown as it was. */
export function choiceName({ choices, choicesEn }: Question, said: string): string {
  const at = choices.indexOf(said)
  return at < 0 ? said : inEnglish(said, choicesEn[at])
}

/** A text of an item that the catalogue may have in English beside it. */
export function textOf(item: Fields, name: string): string {
  return inEnglish(text(item, name), text(item, `${name}_en`))
}

/** What kind of service an item is, in English; empty on a Chinese screen, and where its own English name stands. */
export function glossOf(item: Fields): string {
  if (language.value === 'zh' || text(item, 'name_en')) return ''
  const [event] = eventsOf(item)
  const told = LIFE_EVENTS.find((one) => one.code === event)
  return [ITEM_KINDS[text(item, 'type')], told?.en].filter(Boolean).join(', ')
}

/** What kind of paper a material is, in English, as far as a licence stands for it; empty on a Chinese screen. */
export function materialGloss(material: Material): string {
  if (materialName(material) !== material.name || language.value === 'zh') return ''
  const known = material.licences.map((kind) => LICENCE_KINDS[kind]).filter(Boolean)
  return known.join(' or ')
}

/** A kind of electronic licence, in English where it is known. */
export function licenceWord(kind: string): string {
  return (language.value === 'en' && LICENCE_KINDS[kind]) || kind
}

/** A masked id that breaks, where it must, behind its stars: in front of the four signs that one compares. */
export function breakable(masked: string): string {
  return masked.replace(/\*(?=[^*])/, '*\u200b')
}

/** The language to read something out in that came from data; undefined when it is the screen's own. */
export function spokenIn(words: string): 'zh-CN' | undefined {
  return language.value === 'en' && CHINESE.test(words) ? 'zh-CN' : undefined
}
