// The grades that the chips offer, and the one that this browser chose last.
import { ref, watch } from 'vue';

import type { FuelGrade } from './gql/graphql';
import { recall, remember } from './memory';

export const GRADES: readonly { grade: FuelGrade; label: string }[] = [
  { grade: 'GASOLINE_92', label: '92#' },
  { grade: 'GASOLINE_95', label: '95#' },
  { grade: 'GASOLINE_98', label: '98#' },
  { grade: 'DIESEL_0', label: '0#' },
  { grade: 'DIESEL_MINUS_10', label: '-10#' },
];

const known = recall('grade');

export const chosenGrade = ref<FuelGrade>(
  GRADES.find((one) => one.grade === known)?.grade ?? 'GASOLINE_92',
);
watch(chosenGrade, (grade) => remember('grade', grade));

export function gradeLabel(grade: FuelGrade): string {
  return GRADES.find((one) => one.grade === grade)?.label ?? grade;
}
