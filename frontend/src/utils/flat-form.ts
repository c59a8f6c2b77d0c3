/** In place of axios's forms: members of an object one after the other, which is all that queries need. */
export default function flatForm(members: object, form: { append: (name: string, value: string) => void }) {
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined && value !== null) form.append(name, String(value));
  }
  return form;
}
