// Registers somebody with a mailed code, signs in, and prints the access token.
// Usage: sign-up.mjs BASE_URL MAIL_FOLDER
import { register } from './fleet/people.mjs';

const [base, mails] = process.argv.slice(2);
const { token } = await register(base, mails);
console.log(token);
