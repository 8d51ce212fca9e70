import { ENROLMENT_PROGRAMMES } from '../../../src/adapters/enrolment/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('enrolment', ENROLMENT_PROGRAMMES);
