/**
 * Shapes of the HTTP API, under the names the application uses. They come from the API document
 * (`npm run generate:api`); only free-form JSON, which the document calls an object, is said here.
 */
import type { components } from '@/types/api.generated';

type Schemas = components['schemas'];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** `T` with other types for some of its members. */
type With<T, Changed> = Omit<T, keyof Changed> & Changed;

export interface Envelope<T> {
  success: true;
  data: T;
  message: string;
  request_id: string;
  timestamp: string;
}

export type ErrorEnvelope = With<Schemas['ErrorEnvelope'], { details?: Json }>;

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export type LocaleCode = Schemas['Locale'];
export type User = Schemas['OneselfView'];
export type Me = Schemas['MeView'];
export type Session = Schemas['SessionView'];
export type Enrolment = Schemas['EnrolmentView'];
export type RecoveryCodes = Schemas['RecoveryCodesView'];
export type Proof = Schemas['StepUpBody'];
export type SecondFactor = { totp: string } | { recovery_code: string };
export type Permission = Schemas['Permission'];
export type Role = Schemas['Role'];
export type ApiKey = Schemas['ApiKeyView'];
export type SavedView = Schemas['SavedViewView'];
export type NewApiKey = Schemas['NewApiKeyView'];
export type ApiKeyWish = Schemas['NewKeyBody'];

export type UserStatus = Schemas['UserStatus'];
export type ListedUser = Schemas['ListedUserView'];
export type UserDetail = Schemas['UserDetailView'];
export type AuditLine = With<Schemas['AuditView'], { details: Json }>;
export type AuditOutcome = Schemas['AuditOutcome'];
export type SignedIn = Schemas['SignedInView'];
export type CodeSent = Schemas['CodeSentView'];
export type CodePurpose = Schemas['PublicPurpose'];
export type PasswordReset = Schemas['ResetPasswordBody'];
export type Registration = Schemas['RegisterBody'];

export type Awaited = Schemas['AwaitedView'];
export type TriggerSummary = Schemas['TriggerSummary'];
export type DefinitionSummary = Schemas['DefinitionSummary'];
export type RecentRun = Schemas['RecentRunView'];
export type DefinitionListed = Schemas['DefinitionListed'];
export type DefinitionDetail = With<Schemas['DefinitionDetail'], { definition: JsonObject }>;
export type Action = With<Schemas['ActionDescriptor'], { input_schema: JsonObject; output_schema: JsonObject }>;
export type Trigger = Schemas['TriggerView'];
export type Tick = Schemas['TickView'];
export type Backfilled = Schemas['BackfillView'];
export type TriggerCalendar = Schemas['CalendarView'];
export type NamedCalendar = Schemas['NamedCalendarView'];
export type DefinitionVersion = Schemas['VersionSummary'];
export type VersionDetail = With<Schemas['VersionDetail'], { definition: JsonObject }>;
export type DefinitionDiff = Schemas['DiffView'];
export type DraftDiff = Schemas['DraftDiffView'];
export type BulkOutcome = Schemas['BulkView'];
export type HostRule = Schemas['HostRuleView'];
export type HostDecision = Schemas['HostChange'];
export type SystemStatus = Schemas['SystemStatusView'];
export type LoggedEvent = With<Schemas['LoggedEventView'], { payload: JsonObject }>;
export type ParkedEvent = With<Schemas['ParkedEventView'], { payload: JsonObject }>;
export type Template = With<Schemas['TemplateView'], { params: JsonObject }>;
export type TemplateDetail = With<Schemas['TemplateDetail'], { params: JsonObject; definition: JsonObject }>;
export type UploadedFile = Schemas['FileView'];
export type Problem = Schemas['ProblemView'];
export type Verdict = Schemas['Verdict'];

export type ExecutionStatus = Schemas['ExecutionStatus'];
export type StepStatus = Schemas['StepStatus'];
export type ExecutionSummary = Schemas['ExecutionView'];
export type ExecutionStarted = Schemas['ExecutionStartedView'];
export type StepFault = With<Schemas['ActionErrorView'], { details?: Json }>;
export type Attempt = With<Schemas['AttemptView'], { error?: StepFault | null }>;
export type StepProgress = Schemas['StepProgressView'];
export type Step = With<
  Schemas['ExecutionStepView'],
  { input?: Json; output?: Json; error?: StepFault | null; attempt_list: Attempt[] }
>;
export type StepItem = Schemas['StepItem'];
export type StepItemMap = Schemas['StepItemMap'];
export type StepItemDetail = With<
  Schemas['StepItemDetail'],
  { item: Json; input?: Json; output?: Json; failure?: StepFault | null; attempt_list: Attempt[] }
>;
export type StepTest = With<Schemas['StepTest'], { params?: JsonObject | null }>;
type TestValue = With<Schemas['StepTestValue'], { value?: Json }>;
export type StepTested = With<
  Schemas['StepTestView'],
  { status: StepStatus; input?: TestValue | null; output?: TestValue | null }
>;
export type Cost = Schemas['Cost'];
export type ExecutionDetail = With<
  Schemas['ExecutionDetailView'],
  { params: Json; trigger: Json; outputs: Json; steps: Step[] }
>;
export type JournalEntry = With<Schemas['JournalEntry'], { body: JsonObject }>;
export type ExecutionOrigin = Schemas['ExecutionOrigin'];
export type LogLine = With<Schemas['LogLine'], { fields?: Json }>;

export type Dataset = Schemas['DatasetView'];
export type DatasetColumn = Schemas['ColumnView'];
export type ColumnEdit = Schemas['ColumnBody'];
export type Contract = Schemas['Contract'];
export type NewDataset = Schemas['CreateDataset'];
export type DatasetEdit = Schemas['EditDataset'];
export type DatasetWrites = Schemas['DatasetWrites'];
export type DatasetVersion = Schemas['VersionView'];
export type FieldStatistics = With<
  Schemas['FieldStatistics'],
  { min?: Json; max?: Json; top: { value: Json; count: number }[] }
>;
export type FileReport = Schemas['ImportReport'];
export type DatasetRecord = With<Schemas['OneRecord'], { data: JsonObject }>;
export type FieldChange = With<Schemas['FieldChange'], { before?: Json; after?: Json }>;
export type DatasetChange = With<Schemas['ChangeView'], { fields: FieldChange[] }>;
export type HeldBatch = Schemas['HeldView'];
export type HeldDetail = With<Schemas['HeldBatchView'], { records: JsonObject[] }>;
export type Share = Schemas['ShareView'];
export type NewShare = Schemas['NewShareView'];
export type ShareWish = Schemas['CreateShare'];

export type ProxyPool = Schemas['PoolView'];
export type ImportReport = Schemas['ImportView'];
export type ProxyRow = Schemas['ProxyView'];
export type PoolStatus = Schemas['StatusView'];
export type PoolTerms = Schemas['CreatePool'];
export type Strategy = Schemas['Strategy'];
export type PoolTest = Schemas['TestSummary'];
export type TestedProxy = Schemas['TestedView'];
export type StartedTest = Schemas['TestView'];
export type PoolHost = Schemas['HostView'];
export type ProxyOnHost = Schemas['PairView'];
export type Explanation = Schemas['ExplanationView'];
export type ProxySource = Schemas['SourceView'];
export type SourceWish = Schemas['AddSource'];
export type SourceEdit = Schemas['UpdateSource'];

export type NamedTrigger = Schemas['NamedTriggerView'];
export type Statistics = Schemas['StatisticsView'];
export type Collected = Schemas['CollectedView'];
export type Secret = Schemas['SecretView'];
export type Variable = With<Schemas['VariableView'], { value: Json }>;

export type AutomationAction = Schemas['AutomationAction'];
export type AutomationRule = With<Schemas['AutomationRule'], { enabled?: boolean; cooldown_seconds?: number }>;
export type Automation = Schemas['AutomationView'];
export type EventKind = Schemas['EventKindView'];
export interface HeardEvent {
  id: string;
  kind: string;
  at: string;
  payload: JsonObject;
}
export type Tried = With<Schemas['TriedView'], { event: HeardEvent }>;
export type DryRun = With<Schemas['DryRunView'], { items: Tried[] }>;
export type DryRunWish = { last: number } | { event: { kind: string; payload: JsonObject } };
export type ActionOutcome = With<Schemas['ActionOutcome'], { result?: Json }>;
export type Firing = With<Schemas['FiringView'], { event: HeardEvent; outcomes: (ActionOutcome | null)[] }>;
export type Endpoint = Schemas['WebhookEndpointView'];
export type EndpointWish = Schemas['EndpointBody'];
export type NewEndpoint = Schemas['WebhookSecretView'];
export type Delivery = Schemas['WebhookDeliveryView'];
export type DeliveryDetail = Schemas['WebhookDeliveryDetailView'];
export type CollectedPage = Schemas['PageView'];
export type Notification = Schemas['NotificationView'];

export type Plan = Schemas['PlanView'];
export type CurrentSubscription = Schemas['CurrentView'];
export type Interval = Schemas['Interval'];
export type ChangedSubscription = Schemas['ChangedView'];
export type UpgradeQuote = Schemas['QuoteView'];
export type Invoice = Schemas['InvoiceView'];
export type Payment = Schemas['PaymentView'];
export type PlanOffer = Schemas['PlanOfferBody'];
export type Coupon = Schemas['CouponView'];
export type CouponWish = Schemas['CouponBody'];
export type OwnedInvoice = Schemas['OwnedInvoiceView'];
export type RefundWish = Schemas['RefundBody'];
export type RefundOfInvoice = Schemas['RefundView'];
export type Books = Schemas['ReconciliationView'];
export type InvoiceLine = Schemas['LineView'];
export type CreditNote = Schemas['CreditNoteView'];
export type UsageReport = Schemas['UsageView'];
export type UsersUsage = Schemas['UsersUsageView'];
export type LimitUsage = Schemas['LimitUsageView'];
