/** What each key of the policy means, by its path. A key without a meaning stops the generator. */
export const POLICY_MEANINGS: Readonly<Record<string, string>> = {
  'discovery.due': 'Deadline of `discovery`, from the start of the case.',
  'accessCut.mode':
    '`enforce`: cut, then read back. `verify-only`: another system cuts; only read back, and an access that is still open becomes an exception.',
  'accessCut.due': 'Deadline of `access-cut`, from the start of the case.',
  'accessCut.settle':
    'How long a provider may take to show what was cut; read again and again until then, after that it counts as still open.',
  'accessCut.sourceDownDelay':
    'How long a source that does not answer may delay the cut. After that the cut goes ahead while `discovery` stays open.',
  'dataHandover.required':
    'Whether somebody must say who took over mailbox, drive and local data (`POST /devices/:id/handover`), or why there is nothing to take over, before a wipe may be thought of. `false`: not required by policy.',
  'dataHandover.due': 'Deadline of `data-handover` where it is required, from the opening of the custody.',
  'wipe.timing':
    'When a wipe may begin, by the class of the device; the first line that fits counts. Each has `when` (`on-leave`, `after-grace` with `grace`, `on-return`) and may name `platforms` and `ownerships`. Nothing fits: `on-leave`. What is lost or stolen waits for nothing.',
  'wipe.timing[].platforms': 'Platforms that the line is for. Absent: all.',
  'wipe.timing[].ownerships': 'Ownerships that the line is for. Absent: all.',
  'wipe.timing[].countries':
    'Countries of the leavers that the line is for (ISO 3166-1). Absent: all. Whose country is not known is in none.',
  'wipe.timing[].groups':
    'Groups of people, as an import names them (`group`), that the line is for. Absent: all.',
  'wipe.timing[].when': 'When the wipe of such a device may begin.',
  'wipe.timing[].grace': 'For `after-grace`: how long after the opening of the custody.',
  'wipe.approval':
    '`policy`: a wipe is approved by the policy itself where every source that names a holder names the leaver, at least two do, and the limit allows. `person`: every wipe waits for two people (exception `wipe-needs-approval`, decision `approve-wipe`).',
  'wipe.approvalLife': 'How long an approval may be used. After that a new one is made, under its own id.',
  'wipe.attempts':
    'How often in a row a wipe is asked for that the vendor certainly did not accept. Each attempt has an approval of its own.',
  'wipe.retry': 'Pause before it is asked for again.',
  'wipe.due': 'Deadline of `wipe`, from the opening of the custody.',
  'wipe.appleSilence':
    'Apple devices may acknowledge before they erase: how long after the acknowledgement the device must show no life before it counts.',
  'wipe.acknowledgedGrade':
    'Sanitisation grade (NIST SP 800-88) that the organisation gives to an acknowledged wipe. Kept with the policy; no gate of this version asks for it.',
  'wipe.acknowledgedGradeBasis':
    'Why: a reference to your own standard. Needed for any grade other than `none`.',
  'wipeLimit.count': 'Wipes in one window, over the whole installation. Exact under concurrency.',
  'wipeLimit.window': 'Length of that window, looking back from each send.',
  'wipeLimit.fleetShare':
    'The same as a share of the fleet (0 to 1), as last counted from the device managers. The smaller of the two holds; one wipe is always within it.',
  'wipeLimit.perDay': 'Wipes in any 24 hours, beside the window.',
  'return.due': 'Deadline of `return`, from the opening of the custody; the first chaser goes out then.',
  'return.chaseEvery': 'Pause between chasers.',
  'return.chases': "How many chasers the leaver gets: they are the leaver's rung of the ladder.",
  'return.lostInTransitAfter':
    'How long after the last word on a moving parcel it counts as lost (exception `lost-in-transit`).',
  'return.means':
    'How devices come back. Absent: by a label, everywhere. A key of its own once given: it changes the policy’s digest.',
  'return.labelsMost':
    'How many labels (and boxes) are bought for one device: another goes out by itself when the parcel of the one before held another unit. Those that were given back do not count. Unset: one, and the asset manager decides.',
  'return.means.default':
    '`label`: a label for their own packaging. `box`: an empty box with the label in it is sent out first. `drop-off`: handed in at an office, nothing is bought.',
  'return.means.byCountry':
    'The same by the country (ISO 3166-1) of whoever has the device: `{DE: box, JP: drop-off}`.',
  'handoff.stageDue':
    'Deadline for a device to be on a confirmed pickup, from the moment wipe and return are both through.',
  'handoff.receiptDue': "Deadline for the vendor's receipt, from the confirmation of the pickup.",
  'handoff.certificateDue':
    "Deadline for the vendor's certificate, from the receipt. Until then the case is parked.",
  'handoff.minimumGrade':
    'Grade that a certificate must state at least. One that states less, or an erasure with exceptions, becomes the exception `certificate-insufficient`.',
  'handoff.stageAfter':
    'How long after its return a device may be put on a pickup. Unset: at once. What waits for it is in `handback pickup staging`.',
  'handoff.leaveDue':
    'Deadline for the handover, from the moment the device is on a manifest. Unset: `handoff.stageDue` covers it.',
  'handoff.statusDue':
    'Deadline for the asset’s status to say in the inventory that the unit left, from the handover. Unset: none. Where the inventory’s configuration has no such state, somebody else must see to it, and the closure ends the wait.',
  'handoff.countDue':
    'Deadline for the physical count of a pickup, from its manifest. Unset: none of its own; the count comes before the handover in any case.',
  'handoff.owners':
    'Whose move it is, by deadline (`staged`, `left`, `counted`, `received`, `certified`, `disposed`, `closed`): a role, a queue or the id of a person. Unset: `asset-manager`, `dock`, `dock`, `itad-vendor`, `itad-vendor`, `itad-vendor`, `handback`.',
  'handoff.certifications': 'What a disposal vendor must be certified for on the day of a handover.',
  'handoff.certifications.required': 'The schemes, such as `R2v3`, as they are recorded.',
  'handoff.certifications.onLapse':
    'What happens when one is missing or has run out: `flag` opens an exception, `refuse` lets nothing leave.',
  'closure.due':
    'Deadline of `inventory-closure`, from the certificate; where `closure.dispositionDue` is set, from the disposition report.',
  'closure.dispositionDue':
    "Set: the books are closed only once the vendor's disposition report says what became of the device, and this is the report's deadline, from the certificate. Until then the case is parked. Unset: a report that is there is written into the books, and none is waited for.",
  'release.activationLock':
    'Whether the Activation Lock of Apple devices is let go after proven sanitisation, where ownership ends.',
  'release.autopilot': 'The same for the Autopilot registration of Windows devices.',
  'release.enrolment':
    "The same for the maker's register of the organisation's devices (Apple Business Manager), read back in every enrolment programme that is connected. Apple devices only.",
  'release.mdmRecord': "The same for the device manager's record, which goes last.",
  'decisions.life': 'How long a request for a decision of two people stands.',
  'decisions.waiverMax': 'The furthest date until which a gate can be waived, from the request.',
  workingDays:
    'Days off by country (ISO 3166-1): `{DE: {weekend: [sat, sun], holidays: ["2026-12-25"]}}`; the weekend is Saturday and Sunday unless said otherwise. The deadline of `return`, its chasers and mails to leavers and managers move from a day off to the next working day where the person lives. In a country that is not listed every day counts.',
  reconciliation:
    'When the books are held against receipts, certificates and dispositions ([reconciliation](reconciliation.md)). Absent: every quarter at 03:00 UTC. A key of its own once given: it changes the policy’s digest.',
  'reconciliation.every':
    'On the first day of each `quarter`, `month` or `week` (Monday), or every `day`. A change takes effect when a worker starts.',
  'reconciliation.at': 'At which time of that day.',
  'reconciliation.timeZone': 'In which time zone (IANA).',
  'reconciliation.due':
    'How long the inventories may take to answer whole. After that nothing is judged, and the exception `reconciliation-abandoned` is opened.',
  'reconciliation.owners':
    'Whose move a finding is, by its kind: a role, a queue or the id of a person. Unset: `asset-manager`, and `finance` for `still-depreciating`.',
  'reconciliation.provenSince':
    'Records that the books call disposed of since this date must be proven here (finding `unproven`). Unset: only a record that refers to another document than ours is.',
  'people.retention':
    'How long what is known of a person is kept at least, from the end of their last case: before, nobody erases them. The longer of the policy in force and the one that the case ended under counts. Unset: a person may be erased once no case is open.',
  'exceptions.due': 'When an exception is due to be decided, from its opening.',
};
