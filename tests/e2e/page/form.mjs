// What the tests of Create Race have in common.
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export const field = (page, label) => page.getByLabel(label, { exact: true });

/** Wait until the course of that name is on the map. */
export const loaded = (page, name) => page.locator(".course-note strong").getByText(name, { exact: true }).waitFor();
