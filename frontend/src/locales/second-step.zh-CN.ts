/** Texts of what asks for a second factor, loaded with it. */
export default {
  secondStep: {
    title: '两步登录',
    totp: '身份验证器中的验证码',
    totpHint: '六位数字，每 30 秒更换一次。',
    recovery: '恢复码',
    recoveryHint: '每个只能使用一次。',
    useRecovery: '改用恢复码',
    useTotp: '改用身份验证器',
    continue: '继续',
    back: '返回输入密码',
  },
};
