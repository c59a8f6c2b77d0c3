/** Texts of what asks for a second factor, loaded with it. */
export default {
  secondStep: {
    title: 'Two-step sign-in',
    totp: 'Code from your authenticator',
    totpHint: 'Six digits; a new code comes every 30 seconds.',
    recovery: 'Recovery code',
    recoveryHint: 'Each works once.',
    useRecovery: 'Use a recovery code instead',
    useTotp: 'Use the authenticator instead',
    continue: 'Continue',
    back: 'Back to the password',
  },
};
