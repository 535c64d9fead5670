// What a viewer chose once and wants again: kept in this browser only, and done without where it may not be kept.
type Preference = 'language' | 'units' | 'alarm' | 'tail' | 'ground' | 'keys' | 'followed';

export function savePreference(name: Preference, value: string): void {
    try {
        localStorage.setItem(`trackside.${name}`, value);
    } catch {
        // A browser that keeps nothing still shows what was chosen.
    }
}

export function savedPreference(name: Preference): string | null {
    try {
        return localStorage.getItem(`trackside.${name}`);
    } catch {
        return null;
    }
}
