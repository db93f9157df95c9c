// What an activation code looks like, typed or scanned.

const CODE = /^[0-9A-Z]{10}$/
const LINK = /^(?:bangban:|https?:).*[?&]code=([^&#]+)/i

/** The code in what was scanned or typed; empty when there is none. */
export function codeIn(text: string): string {
  const [, linked = ''] = LINK.exec(text.trim()) ?? []
  const code = decoded(linked || text).trim()
  return CODE.test(code.replaceAll(/[\s-]/g, '').toUpperCase()) ? code : ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
