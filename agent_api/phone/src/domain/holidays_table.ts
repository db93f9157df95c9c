// Days that are not worked as their weekday says, by announced year. Written by
// `python -m agent_api.phone_holidays` from the calendar that the centre counts by: never change this file by hand.

export const TURNED_ROUND: { readonly [year: string]: string } = {
  '2025':
    '01-01 01-26 01-28 01-29 01-30 01-31 02-03 02-04 02-08 04-04 04-27 05-01 05-02 05-05 06-02 09-28 10-01 10-02 10-03 10-06 10-07 10-08 10-11',
  '2026':
    '01-01 01-02 01-04 02-14 02-16 02-17 02-18 02-19 02-20 02-23 02-28 04-06 05-01 05-04 05-05 05-09 06-19 09-20 09-25 10-01 10-02 10-05 10-06 10-07 10-10',
}
