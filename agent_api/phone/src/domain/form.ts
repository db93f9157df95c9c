// An item's form: which of its questions are asked, given what was answered, and what is wrong with an answer.
//
// Laws: a question that depends on another is asked only while that one is asked and answered so; what was typed into
// one that is no longer asked is kept in the draft and not sent. What two legs of a bundle ask alike is asked once.

import type { Fields, Value } from '../protocol/messages'
import { parseCitizenId } from './citizen_id'
import { isDay } from './days'
import { groups, isGroup, text, texts } from './fields'

export const FORM_PREFIX = 'form.'

export interface Question {
  readonly name: string
  readonly label: string
  /** In English, where the catalogue has it. An answer is always the Chinese choice. */
  readonly labelEn: string
  readonly kind: string
  readonly isRequired: boolean
  readonly choices: readonly string[]
  readonly choicesEn: readonly string[]
  readonly least: number | null
  readonly most: number | null
  readonly when: { readonly [name: string]: readonly string[] }
}

type Answers = { readonly [name: string]: string }

export function questionsOf(item: Fields): Question[] {
  return groups(item, 'fields')
    .filter((row) => text(row, 'name'))
    .map((row) => ({
      name: text(row, 'name'),
      label: text(row, 'label') || text(row, 'name'),
      labelEn: text(row, 'label_en'),
      kind: text(row, 'type') || 'text',
      isRequired: row['required'] === true,
      choices: texts(row, 'choices'),
      choicesEn: texts(row, 'choices_en'),
      least: bound(row['min']),
      most: bound(row['max']),
      when: conditions(row['when']),
    }))
}

function conditions(when: Value | undefined): { [name: string]: string[] } {
  if (!isGroup(when)) return {}
  return Object.fromEntries(Object.keys(when).map((name) => [name, text(when, name).split(';')]))
}

function bound(value: Value | undefined): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null
}

/** Those whose conditions hold. A question is listed after those it depends on. */
export function askedQuestions(item: Fields, answers: Answers): Question[] {
  const asked: Question[] = []
  const isSaid = (name: string, said: readonly string[]): boolean =>
    asked.some((one) => one.name === name) && said.includes(answers[name] ?? '')
  for (const question of questionsOf(item)) {
    if (Object.entries(question.when).every(([name, said]) => isSaid(name, said))) asked.push(question)
  }
  return asked
}

/** Why an answer cannot go; empty when it can. */
export function faultOfAnswer(question: Question, answer: string, today: string): string {
  const said = answer.trim()
  if (!said) return question.isRequired ? 'field_missing' : ''
  if (question.choices.length && !question.choices.includes(said)) return 'field_missing'
  switch (question.kind) {
    case 'number':
      return faultOfNumber(question, said)
    case 'date':
      return isDay(said) ? '' : 'not_a_day'
    case 'phone':
      return /^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$/.test(said.replace(/[\s-]/g, '')) ? '' : 'phone_invalid'
    case 'citizen_id': {
      const read = parseCitizenId(said, today)
      return typeof read === 'string' ? read : ''
    }
    default:
      return ''
  }
}

function faultOfNumber({ least, most }: Question, said: string): string {
  if (!/^-?\d{1,15}$/.test(said)) return 'not_a_number'
  const isWithin = (least ?? -Infinity) <= Number(said) && Number(said) <= (most ?? Infinity)
  return isWithin ? '' : 'answer_range'
}

/** Whether one answer does for both. */
export function isAlike(one: Question, other: Question): boolean {
  const whole = ({ name, kind, choices }: Question): string => JSON.stringify([name, kind, choices])
  return whole(one) === whole(other)
}

/** An answer as the case keeps it. */
export function answerValue(question: Question, said: string): Value {
  return question.kind === 'number' && /^-?\d{1,15}$/.test(said.trim()) ? Number(said) : said.trim()
}
