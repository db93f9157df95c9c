"""What a screen of the phone must be for old eyes and unsure fingers: letters of 18 px, things to press of 44 px, in
the larger letters of 60; and nothing wider than the phone.
"""

from __future__ import annotations

from playwright.sync_api import Page

LETTERS_PX_MIN = 18
TARGET_PX_MIN, TARGET_PX_MIN_LARGE = 44, 60
# A field inside of its label is pressed by the label, whatever its own size.
_FOUND = """([letters, target]) => {
  const found = []
  const told = (what, element) => found.push(`${what}: ${element.tagName} ${element.textContent.trim().slice(0, 24)}`)
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest('.visually-hidden')) continue
    const size = parseFloat(getComputedStyle(element).fontSize)
    if (size < letters) told(`letters of ${size} px`, element)
  }
  const pressed = 'button, a[href], label.button, label.choice, select, textarea, input:not(label input)'
  for (const element of document.querySelectorAll(pressed)) {
    if (!element.checkVisibility() || element.closest('.visually-hidden')) continue
    const { width, height } = element.getBoundingClientRect()
    const size = `${Math.round(width)}×${Math.round(height)}`
    if (Math.min(width, height) < target - 0.5) told(`a target of ${size} px`, element)
  }
  const wide = document.documentElement.scrollWidth
  if (wide > innerWidth) found.push(`${wide} px wide on a phone of ${innerWidth}`)
  const sheets = document.querySelectorAll('.sheet, .notice, .choice, .button, .input, .badge')
  for (const element of sheets) {
    const { left, right } = element.getBoundingClientRect()
    const scrolled = element.closest('.chips')
    if (element.checkVisibility() && !scrolled && (left < -0.5 || right > innerWidth + 0.5)) told('cut off', element)
  }
  return found
}"""


def is_large(page: Page) -> bool:
    """Whether one of the larger letters is chosen."""
    scale = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--text-scale')")
    return float(scale) > 1


def faults_of(page: Page) -> list[str]:
    target = TARGET_PX_MIN_LARGE if is_large(page) else TARGET_PX_MIN
    return [str(one) for one in page.evaluate(_FOUND, [LETTERS_PX_MIN, target])]


def check_legible(page: Page, name: str) -> None:
    """Raises with everything that is too small, or sticks out of the phone."""
    found = faults_of(page)
    assert not found, f"{name}: {found}"
