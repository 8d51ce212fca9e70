/** Which controls of common frameworks the evidence of a gate supports. It supports them; whether they are met others judge. */
import type { Gate } from '../../../domain/gates.ts';

export interface Control {
  readonly name: string;
  readonly asks: string;
  /** Evidence of any of these supports it. */
  readonly gates: readonly Gate[];
  readonly answer: string;
}

export const CONTROLS: readonly Control[] = [
  {
    name: 'NIST CSF 2.0 PR.AA-01, PR.AA-05',
    asks: 'Identities and credentials are managed; least privilege, separation of duties',
    gates: ['access-cut'],
    answer: 'Access cut, read back item by item; decisions of two people',
  },
  {
    name: 'NIST CSF 2.0 PR.DS-01, ID.AM-08',
    asks: 'Data at rest is protected; assets are managed through their life cycle',
    gates: ['wipe', 'inventory-closure'],
    answer: 'Proof of the wipe; custody from discovery to closure',
  },
  {
    name: 'NIST SP 800-53 PS-4, MP-6, CM-8, AC-2, AC-5',
    asks: 'Termination, media sanitisation, inventory, accounts, separation of duties',
    gates: ['access-cut', 'wipe', 'itad-handoff', 'inventory-closure'],
    answer: 'The gates of the case and their evidence',
  },
  {
    name: 'ISO/IEC 27001:2022 A.5.11, A.6.5, A.7.14, A.8.10',
    asks: 'Return of assets; after termination; secure disposal; deletion',
    gates: ['return', 'wipe', 'itad-handoff'],
    answer: 'Return, wipe and handoff, serial by serial',
  },
  {
    name: 'SOC 2 CC6.5',
    asks: 'Protections end only after the data is unrecoverable',
    gates: ['wipe'],
    answer: 'Nothing is released before the wipe is proven',
  },
  {
    name: 'HIPAA 45 CFR 164.310(d)(2)(i)-(iii), 164.308(a)(3)(ii)(C)',
    asks: 'Disposal, re-use and accountability of media; termination',
    gates: ['wipe', 'itad-handoff'],
    answer: 'Certificate per serial; custody record',
  },
  {
    name: 'GLBA 16 CFR 314.4(c)(6); FACTA 16 CFR 682.3',
    asks: 'Secure disposal; due diligence of the disposal company',
    gates: ['itad-handoff'],
    answer: 'Handoff scanned and certified per serial',
  },
  {
    name: 'PCI DSS 4.0.1 8.2.5, 9.4.5, 9.4.7',
    asks: 'Immediate revocation; media inventory; media destroyed',
    gates: ['access-cut', 'itad-handoff'],
    answer: 'Time of the access cut; ledger; certificate',
  },
  {
    name: 'R2v3 core 7, appendix B',
    asks: 'A sanitisation record per identifier',
    gates: ['itad-handoff'],
    answer: 'Certificate matched at the level of the serial',
  },
  {
    name: 'SOX 404 (IT general controls)',
    asks: 'Access and assets on the books are real',
    gates: ['access-cut', 'inventory-closure'],
    answer: 'Closure in the inventory, read back',
  },
];
