/** States and substates as the vendor's page "Set asset states and substates" lists them. The values are this simulator's own guess. */

/** One row of `sys_choice`. */
export interface Choice {
  readonly table: 'alm_asset' | 'alm_hardware';
  readonly element: 'install_status' | 'substatus' | 'acquisition_method';
  readonly value: string;
  readonly label: string;
  readonly dependentValue: string;
}

const STATES: Readonly<Record<string, { readonly value: string; readonly substates: readonly string[] }>> = {
  'On order': { value: '2', substates: [] },
  'In stock': {
    value: '6',
    substates: [
      'Available',
      'Reserved',
      'Defective',
      'Pending repair',
      'Pending disposal',
      'Legal hold',
      'Pending evaluation',
      'Quarantine',
    ],
  },
  'In transit': { value: '9', substates: ['Available', 'Reserved', 'Defective', 'Pending disposal'] },
  'In use': { value: '1', substates: ['Pending retirement'] },
  'In maintenance': { value: '3', substates: [] },
  Retired: {
    value: '7',
    substates: [
      'Disposed',
      'Pending disposal',
      'Sold',
      'Donated',
      'Vendor credit',
      'Lease return',
      'Obsolete',
    ],
  },
  Missing: { value: '8', substates: ['Lost', 'Stolen'] },
};

/** What an instance has that nobody has changed. */
export const DEFAULT_CHOICES: readonly Choice[] = [
  ...Object.entries(STATES).flatMap(([label, { value, substates }]): readonly Choice[] => [
    { table: 'alm_asset', element: 'install_status', value, label, dependentValue: '' },
    ...substates.map((substate): Choice => ({
      table: 'alm_asset',
      element: 'substatus',
      value: substate.toLowerCase().replaceAll(' ', '_'),
      label: substate,
      dependentValue: value,
    })),
  ]),
  ...['Purchase', 'Lease', 'Rental', 'Bring Your Own Asset', 'Loan'].map((label): Choice => ({
    table: 'alm_asset',
    element: 'acquisition_method',
    value: label.toLowerCase().replaceAll(' ', '_'),
    label,
    dependentValue: '',
  })),
];
