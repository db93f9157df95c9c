// The events of a life (人生事件) under which a helper looks for a service. Written by hand after the centre's table; the
// rules that both sides compare hold it to that.

import type { Fields } from '../protocol/messages'
import { text, texts } from './fields'

export interface LifeEvent {
  readonly code: string
  readonly zh: string
  readonly en: string
  /** Base codes. */
  readonly items: readonly string[]
}

const event = (code: string, zh: string, en: string, items: string): LifeEvent => ({ code, zh, en, items: items.split(' ') })

export const LIFE_EVENTS: readonly LifeEvent[] = [
  event(
    'old_age',
    '上年纪了',
    'growing old',
    '992011001000 992018001000 990511001000 992014006003 992014006004 990511007000 992011901000 ' +
      '992011902000 992018901000 992011911000 992011912000',
  ),
  event(
    'illness',
    '看病、残疾',
    'illness and disability',
    '992036001000 992030001000 992036002000 992036003000 992036004000 992036911000 990511005000 ' +
      '990511006000 990799001000 992069911000 992069912000',
  ),
  event(
    'hardship',
    '家里困难',
    'hard times',
    '990511002000 990511003000 990511004000 990511007000 990517001000 992011915000 992041901000 ' +
      '992060912000 992036911000',
  ),
  event(
    'child',
    '生孩子、上学',
    'a child',
    '992023001000 990709001000 990523001000 990523002000 990723003000 992041901000 992023911000 ' +
      '992023912000 992011913000 992011914000 992041911000',
  ),
  event(
    'work',
    '参保、工作',
    'work and insurance',
    '992014006001 992014006002 992014006005 992014007000 992036001000 992030001000 992014901000 ' +
      '992014902000 992014912000 992014913000 992014914000',
  ),
  event(
    'land',
    '种地、盖房',
    'land and house',
    '990164001000 990164002000 990164003000 990120001000 990720001000 990517001000 992021901000 ' +
      '992021902000 990720912000 992017913000',
  ),
  event(
    'papers',
    '证件丢了、到期',
    'papers',
    '990709003000 992014007000 990799001000 992011001000 992018001000',
  ),
  event(
    'service',
    '当过兵',
    'served in the army',
    '990524001000 992059901000 992059911000',
  ),
  event(
    'death',
    '亲人过世',
    'after a death',
    '990709002000 002014006009 992011916000',
  ),
]

export function eventsOf(item: Fields): string[] {
  const [base, topics] = [text(item, 'base_item'), texts(item, 'user_topics')]
  const isUnder = (one: LifeEvent): boolean =>
    one.items.includes(base) || topics.includes(one.code) || topics.includes(one.zh)
  return LIFE_EVENTS.filter(isUnder).map((one) => one.code)
}
