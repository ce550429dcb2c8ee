const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 1 to 12, by its three English letters; 0, which no date has, for anything else. */
export function monthNamed(name: string): number {
  return MONTHS.indexOf(name) + 1;
}
