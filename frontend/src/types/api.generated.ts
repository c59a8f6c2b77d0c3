// Generated from docs/api/openapi.json by `npm run generate:api`.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description How an action presents itself; validation, editor and docs all read it. */
        ActionDescriptor: {
            description: string;
            /** @description JSON Schema (2020-12) of `with`. Values may be expressions; those are checked when run. */
            input_schema: Record<string, never>;
            /** @description What `uses:` names, such as `http.request`. */
            name: string;
            /** @description JSON Schema (2020-12) of the output. */
            output_schema: Record<string, never>;
            title: string;
        };
        /** @description Why an attempt failed. */
        ActionErrorView: {
            /** @example HTTP_STATUS */
            code: string;
            details: unknown;
            message: string;
        };
        /** @description What became of one action. */
        ActionOutcome: {
            done: boolean;
            /** @description Why it could not be done. */
            error?: string | null;
            /** @description Such as `email`. */
            kind: string;
            /** @description What it led to: `execution_id`, for example. */
            result?: Record<string, never>;
        };
        /**
         * @description The kinds of [`Actor`].
         * @enum {string}
         */
        ActorKind: "system" | "anonymous" | "user" | "api_key";
        /** @description Who acted. */
        ActorView: {
            /**
             * Format: uuid
             * @description The key they used.
             */
            api_key_id?: string | null;
            kind: components["schemas"]["ActorKind"];
            user?: components["schemas"]["NamedView"] | null;
        };
        /** @description A proxy to be added. */
        AddProxy: {
            /**
             * @description In any form that an import understands.
             * @example http://user:secret@203.0.113.7:8080
             */
            address: string;
            /**
             * Format: double
             * @description Divides its score under `smart`; 1 unless given.
             */
            cost?: number | null;
            enabled?: boolean | null;
            label?: string | null;
        };
        /** @description A list to be followed. */
        AddSource: {
            /**
             * Format: int64
             * @description Seconds between two fetches; 3600 unless given.
             */
            every?: number | null;
            /**
             * Format: int64
             * @description Seconds after which a proxy that is no longer listed goes; 86400 unless given.
             */
            grace?: number | null;
            scheme?: components["schemas"]["ProxyScheme"] | null;
            /**
             * @description Sealed at rest; its query is not shown again.
             * @example https://lists.example/proxies.txt?key=secret
             */
            url: string;
        };
        /**
         * @description How much a proxy hides.
         * @enum {string}
         */
        Anonymity: "transparent" | "anonymous" | "elite";
        /** @description A key without its secret. */
        ApiKeyView: {
            created_at: components["schemas"]["Timestamp"];
            expires_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            /**
             * @description How the key ends.
             * @example x7Qa
             */
            last_four: string;
            last_used_address?: string | null;
            last_used_at?: components["schemas"]["Timestamp"] | null;
            name: string;
            /**
             * @description How the key begins. It names the key and opens nothing.
             * @example wfp_01KGHGbDCjuHuGfGWgjGhb
             */
            prefix: string;
            scopes: components["schemas"]["Permission"][];
        };
        /**
         * @description What happens when the period ends.
         * @enum {string}
         */
        AtPeriodEnd: "renew" | "downgrade" | "cancel";
        /** @description One attempt of one step or item. */
        AttemptView: {
            /** Format: int32 */
            attempt: number;
            /** @description An earlier run gave the result; nothing was done. */
            cached: boolean;
            error?: components["schemas"]["ActionErrorView"] | null;
            /**
             * Format: uuid
             * @description The execution that it started, with `workflow.run`.
             */
            execution_id?: string | null;
            finished_at?: components["schemas"]["Timestamp"] | null;
            /** Format: int32 */
            item?: number | null;
            retry_at?: components["schemas"]["Timestamp"] | null;
            started_at: components["schemas"]["Timestamp"];
            status: components["schemas"]["StepStatus"];
        };
        /**
         * @description What became of it.
         * @enum {string}
         */
        AuditOutcome: "success" | "failure" | "denied";
        /** @description A line of the audit log. */
        AuditView: {
            /** @example user.role_changed */
            action: string;
            actor: components["schemas"]["ActorView"];
            address?: string | null;
            at: components["schemas"]["Timestamp"];
            /** @description What changed, and to what. */
            details: Record<string, never>;
            /** Format: uuid */
            id: string;
            outcome: components["schemas"]["AuditOutcome"];
            /** @description A code or a word that says why. */
            reason?: string | null;
            request_id?: string | null;
            target?: components["schemas"]["TargetView"] | null;
            user?: components["schemas"]["NamedView"] | null;
            user_agent?: string | null;
        };
        /**
         * @description Within so long since the last such event, or since the rule was switched on. Fires once, and
         *     again only after such an event came.
         */
        AutomationAbsence: {
            /**
             * Format: int32
             * @description A minute to 30 days.
             * @example 86400
             */
            within_seconds: number;
        };
        /** @description Something to do. Texts may hold expressions (`${{ … }}`) over `trigger` and `now`. */
        AutomationAction: {
            body?: string;
            /** @enum {string} */
            kind: "notify";
            title: string;
        } | {
            body: string;
            /** @enum {string} */
            kind: "email";
            subject: string;
        } | {
            definition_id: string;
            /** @enum {string} */
            kind: "run_workflow";
            /** @description Parameters of the run, an object. */
            params?: Record<string, never>;
        } | {
            execution_id?: string;
            /** @enum {string} */
            kind: "cancel_execution";
        } | {
            /** @description `data` of the message, instead of the payload of the event. */
            data?: Record<string, never>;
            endpoint_id: string;
            /** @enum {string} */
            kind: "webhook";
        } | {
            /** @enum {string} */
            kind: "pause_schedule";
            trigger_id: string;
        };
        /**
         * @description What is watched for, and what is done then.
         * @example {
         *       "name": "Three failures in an hour",
         *       "trigger": {
         *         "event": "execution.finished",
         *         "if": "trigger.event.payload.status == 'failed'",
         *         "threshold": {
         *           "count": 3,
         *           "within_seconds": 3600,
         *           "by": "trigger.event.payload.definition_id"
         *         }
         *       },
         *       "cooldown_seconds": 3600,
         *       "actions": [
         *         {
         *           "kind": "notify",
         *           "title": "A workflow keeps failing",
         *           "body": "Workflow ${{ trigger.event.payload.definition_id }} failed again"
         *         }
         *       ]
         *     }
         */
        AutomationRule: {
            /** @description Done in this order, 1 to 10. */
            actions: components["schemas"]["AutomationAction"][];
            /**
             * Format: int32
             * @description After it fired, it rests for so long, up to 30 days.
             */
            cooldown_seconds?: number;
            /** @description Whether it listens. */
            enabled?: boolean;
            /** @description 1 to 100 characters. */
            name: string;
            trigger: components["schemas"]["AutomationTrigger"];
        };
        /** @description So many within so long. When it is reached, counting begins anew. */
        AutomationThreshold: {
            /** @description Events for which this expression gives the same are counted together; all unless given. */
            by?: string | null;
            /**
             * Format: int32
             * @example 3
             */
            count: number;
            /**
             * Format: int32
             * @description Up to 7 days.
             * @example 3600
             */
            within_seconds: number;
        };
        /** @description Times, at least a minute apart. */
        AutomationTimetable: {
            /**
             * @description A cron expression, as triggers of workflows have.
             * @example 0 8 * * 1-5
             */
            cron: string;
            /**
             * @description An IANA time zone; UTC unless given.
             * @example Asia/Shanghai
             */
            timezone?: string;
        };
        /** @description What sets it off: events, that one does not come, or a timetable. */
        AutomationTrigger: {
            absence?: components["schemas"]["AutomationAbsence"] | null;
            /**
             * @description The kind of an event such as `execution.finished`, or its beginning and `.*`;
             *     `automation.scheduled` with a `schedule`.
             * @example execution.finished
             */
            event: string;
            /** @description An expression (CEL) that must be true, over `trigger.event.{id, kind, at, payload}`. */
            if?: string | null;
            schedule?: components["schemas"]["AutomationTimetable"] | null;
            threshold?: components["schemas"]["AutomationThreshold"] | null;
        };
        /** @description A rule that is kept. */
        AutomationView: {
            actions: components["schemas"]["AutomationAction"][];
            /** Format: int32 */
            cooldown_seconds: number;
            created_at: components["schemas"]["Timestamp"];
            enabled: boolean;
            /**
             * Format: int64
             * @description How often it fired.
             */
            fired: number;
            fired_at?: components["schemas"]["Timestamp"] | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Events left out since it last fired, while it rested or was held back.
             */
            left_out: number;
            name: string;
            next_at?: components["schemas"]["Timestamp"] | null;
            /** @description The rule of the house that it began as, such as `failed_run`. */
            preset?: string | null;
            trigger: components["schemas"]["AutomationTrigger"];
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description Whether nobody has it. */
        AvailableView: {
            available: boolean;
        };
        /** @description Who waits for a signal. */
        AwaitedView: {
            /**
             * Format: int32
             * @description Number of the item, from 0, of a step with `for_each`.
             */
            item?: number | null;
            step: string;
        };
        /**
         * @description A range of the past, both ends included, with up to 500 ticks.
         * @example {
         *       "from": "2026-11-01T00:00:00Z",
         *       "to": "2026-11-07T23:59:59Z"
         *     }
         */
        BackfillBody: {
            /** @description Only says what it would do. */
            dry_run?: boolean;
            from: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description Executions of the range at once; 1 unless given.
             */
            max_parallel?: number;
            to: components["schemas"]["Timestamp"];
        };
        /** @description How many ticks of the range were handled; after `dry_run`, would be. */
        BackfillView: {
            first?: components["schemas"]["Timestamp"] | null;
            last?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int32
             * @description They had started an execution before.
             * @example 1
             */
            left: number;
            /**
             * Format: int32
             * @example 6
             */
            started: number;
        };
        /** @description A line that is no record. */
        BadLine: {
            /**
             * Format: int64
             * @description From 1; 0 where the file ends in the middle of something.
             */
            line: number;
            /** @example has 3 cells where 4 are wanted */
            message: string;
        };
        /** @description A rule that a batch breaks. */
        Breach: {
            field?: string | null;
            /** @description Key of the first record at fault. */
            key?: string | null;
            /**
             * @description The reason in English.
             * @example 7 records of 20 have none, at most 10 % may
             */
            message: string;
            reason?: components["schemas"]["Reason"] | null;
            rule: components["schemas"]["Rule"];
        };
        /** @description A breaker: `closed`, `open` or `half_open`. */
        BreakerView: {
            /** @example closed */
            state: string;
            until?: components["schemas"]["Timestamp"] | null;
        };
        /**
         * @description What one bucket covers, in UTC.
         * @enum {string}
         */
        BucketSpan: "hour" | "day";
        /**
         * @description How executions ended within an hour or day, and where those stand that were asked for in it and
         *     have not ended. One that was retried ended more than once.
         */
        BucketView: {
            /** Format: int64 */
            cancelled: number;
            /**
             * Format: int64
             * @example 2
             */
            failed: number;
            /** Format: int64 */
            pending: number;
            /**
             * Format: int64
             * @example 3
             */
            running: number;
            starts_at: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @example 41
             */
            succeeded: number;
            /** Format: int64 */
            timed_out: number;
            /** Format: int64 */
            waiting: number;
        };
        /** @enum {string} */
        BulkActionName: "cancel" | "retry";
        /**
         * @description What is done to which executions: give `ids` or `filter`.
         * @example {
         *       "action": "retry",
         *       "filter": {
         *         "status": "failed"
         *       }
         *     }
         */
        BulkBody: {
            action: components["schemas"]["BulkActionName"];
            filter?: components["schemas"]["FilterBody"] | null;
            /** @description Up to 200. */
            ids?: string[] | null;
        };
        /** @description One that was left as it is. */
        BulkFailureView: {
            /** @example EXECUTION_NOT_FAILED */
            code: string;
            /** Format: uuid */
            id: string;
            message: string;
        };
        /** @description What became of them. */
        BulkView: {
            done: string[];
            failures: components["schemas"]["BulkFailureView"][];
            /** @description Further ones fit: ask again. */
            more: boolean;
        };
        /** @description The times of a range. */
        CalendarView: {
            /** @description Those to come, in order; of too many the soonest. None while the trigger is paused. */
            due: components["schemas"]["Timestamp"][];
            /**
             * @description Those that passed, in order; of more than 1,000, or than a trigger's share of 20,000, the
             *     newest.
             */
            ticks: components["schemas"]["TickView"][];
            /** @description Whether these are all. */
            whole: boolean;
        };
        /** @description When it is to end. */
        CancelBody: {
            /** @description `period_end` unless given. */
            when?: components["schemas"]["CancelWhen"];
        };
        /**
         * @description When a subscription ends that is cancelled.
         * @enum {string}
         */
        CancelWhen: "period_end" | "now";
        /**
         * @description A candidate and what its score is made of:
         *     `drawn × typical / (typical + latency) × free_share / cost`.
         */
        CandidateView: {
            /** @description `scheme://host:port`. */
            address: string;
            /** Format: double */
            alpha: number;
            /** Format: double */
            beta: number;
            /** Format: double */
            cost: number;
            /**
             * Format: double
             * @description Drawn from Beta(alpha, beta).
             */
            drawn: number;
            /** Format: double */
            free_share: number;
            /** Format: int32 */
            in_use: number;
            /** Format: double */
            latency_ms?: number | null;
            /** Format: uuid */
            proxy_id: string;
            /** Format: double */
            score: number;
        };
        /**
         * @description How a version came about.
         * @enum {string}
         */
        Cause: "batch" | "import" | "removal" | "release" | "retention";
        /** @description One value that is another one now. */
        Change: {
            /** @description Absent when it was removed. */
            after?: unknown;
            /** @description Absent when it was added. */
            before?: unknown;
            /**
             * @description `steps.books.with.pages`: a step stands under its id, another item of a list under its
             *     number.
             * @example steps.books.with.pages
             */
            path: string;
        };
        /** @description A new address and the code that was sent there. */
        ChangeEmailBody: {
            /**
             * @description Six digits from the mail with purpose `change_email`.
             * @example 012345
             */
            code: string;
            /** @example ann@new.example */
            new_email: string;
        };
        /**
         * @description What became of a record.
         * @enum {string}
         */
        ChangeKind: "added" | "changed" | "removed";
        /** @description The old password and a new one. */
        ChangePasswordBody: {
            /** Format: password */
            current_password: string;
            /**
             * Format: password
             * @description 8 to 128 characters, not easy to guess.
             */
            new_password: string;
        };
        /** @description A change of a record. */
        ChangeView: {
            at: components["schemas"]["Timestamp"];
            cause: components["schemas"]["Cause"];
            /** Format: uuid */
            execution_id?: string | null;
            /** @description Fields that differ. */
            fields: components["schemas"]["FieldChange"][];
            /** @description Absent where a link does not show it. */
            key?: string | null;
            kind: components["schemas"]["ChangeKind"];
            /** Format: uuid */
            user_id?: string | null;
            /** Format: int64 */
            version: number;
        };
        /** @description A subscription as a change left it. */
        ChangedView: {
            at_period_end?: components["schemas"]["AtPeriodEnd"] | null;
            /** Format: uuid */
            id: string;
            interval?: components["schemas"]["Interval"] | null;
            invoice?: components["schemas"]["InvoiceView"] | null;
            period_ends_at?: components["schemas"]["Timestamp"] | null;
            period_started_at?: components["schemas"]["Timestamp"] | null;
            /**
             * @description Code of the plan.
             * @example basic
             */
            plan: string;
            status: components["schemas"]["Status"];
        };
        /** @description How long the code lives and when the next can be had. */
        CodeSentView: {
            /**
             * Format: int64
             * @description Seconds.
             * @example 600
             */
            expires_in: number;
            /**
             * Format: int64
             * @description Seconds.
             * @example 60
             */
            retry_after: number;
        };
        /** @description What was written into datasets within an hour or day. */
        CollectedBucketView: {
            /**
             * Format: int64
             * @description New records.
             * @example 120
             */
            added: number;
            /**
             * Format: int64
             * @description Records of which something changed.
             * @example 8
             */
            changed: number;
            /** Format: int64 */
            removed: number;
            starts_at: components["schemas"]["Timestamp"];
        };
        /** @description How many records were collected over a time. */
        CollectedView: {
            /** @description The whole time in order, empty buckets too. */
            buckets: components["schemas"]["CollectedBucketView"][];
            step: components["schemas"]["BucketSpan"];
        };
        /** @description What is said of a column. What is absent stays; an empty text takes it back. */
        ColumnBody: {
            description?: string | null;
            /** @description Makes the field one to sort by. An index is not taken back. */
            indexed?: boolean;
            label?: string | null;
            name: string;
            required?: boolean | null;
            type?: components["schemas"]["ColumnType"] | null;
        };
        /**
         * @description What the values of a field were so far.
         * @enum {string}
         */
        ColumnType: "null" | "boolean" | "integer" | "number" | "string" | "array" | "object" | "mixed";
        /** @description A field of records. */
        ColumnView: {
            /** @description The type was said by hand, and batches do not change it. */
            declared: boolean;
            description?: string | null;
            index: components["schemas"]["IndexState"];
            /** @description What people read instead of the name. */
            label?: string | null;
            name: string;
            required: boolean;
            type: components["schemas"]["ColumnType"];
        };
        /** @description What the authenticator shows. */
        ConfirmBody: {
            /**
             * @description Six digits.
             * @example 012345
             */
            totp: string;
        };
        /** @description Connections of the process that answers. */
        ConnectionsView: {
            /** Format: int32 */
            idle: number;
            /** Format: int32 */
            max: number;
            /**
             * @description `read` and `write` on SQLite, `shared` on PostgreSQL.
             * @example shared
             */
            pool: string;
            /** Format: int32 */
            used: number;
        };
        /** @description The rules; those that are absent ask for nothing. */
        Contract: {
            /**
             * Format: double
             * @description The largest share by which a batch may have fewer records than the one before: 0 to 1.
             * @default null
             */
            largest_drop: number | null;
            /**
             * Format: int64
             * @description Records of a batch, at least.
             * @default null
             */
            least_records: number | null;
            /**
             * @description By field, the largest share of records in which it is null or missing: 0 to 1.
             * @default {}
             */
            most_nulls: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Records of a batch, at most.
             * @default null
             */
            most_records: number | null;
            /**
             * @description Values have the declared types, and required fields are there.
             * @default false
             */
            schema: boolean;
            /**
             * @description Fields whose values, where there are any, stand once in a batch.
             * @default []
             */
            unique: string[];
        };
        /** @description What an attempt of a step, a step or an execution used. */
        Cost: {
            /**
             * Format: int64
             * @description Bytes of answers, decompressed.
             * @example 2400000
             */
            bytes: number;
            /**
             * Format: int64
             * @description Time of processors for reading pages and running scripts, in milliseconds.
             * @example 310
             */
            cpu_ms: number;
            /**
             * Format: int64
             * @description Pages that sites answered with; what they refused does not count.
             * @example 40
             */
            pages: number;
            /**
             * Format: int64
             * @description Those of them that came through proxies.
             * @example 0
             */
            proxy_bytes: number;
        };
        /** @description A coupon to be. */
        CouponBody: {
            /**
             * @description 3 to 40 capital letters, digits, `-` and `_`.
             * @example WELCOME10
             */
            code: string;
            expires_at?: components["schemas"]["Timestamp"] | null;
            lasts: components["schemas"]["Lasts"];
            /** Format: int32 */
            max_redemptions?: number | null;
            off: components["schemas"]["Off"];
            /** @description Codes of plans; all unless given. */
            plans?: string[] | null;
        };
        /** @description A coupon. */
        CouponView: {
            /** @example WELCOME10 */
            code: string;
            created_at: components["schemas"]["Timestamp"];
            disabled: boolean;
            expires_at?: components["schemas"]["Timestamp"] | null;
            lasts: components["schemas"]["Lasts"];
            /** Format: int32 */
            max_redemptions?: number | null;
            off: components["schemas"]["Off"];
            plans?: string[] | null;
            /**
             * Format: int32
             * @description How often it was used.
             */
            redeemed: number;
        };
        /** @description A new dataset. */
        CreateDataset: {
            columns?: components["schemas"]["ColumnBody"][];
            contract?: components["schemas"]["Contract"] | null;
            description?: string | null;
            /** @description Fields that tell records apart. */
            key?: string[] | null;
            /** @description 1 to 100 letters, digits, `_`, `-` or `.`. */
            name: string;
            retention?: components["schemas"]["Retention"] | null;
        };
        /** @description A pool to be made. */
        CreatePool: {
            /**
             * Format: int64
             * @description Seconds between two checks of a proxy that nobody uses; null for none, 600 unless given.
             */
            check_every?: number | null;
            /** @description A judge (`workflow-platform judge`), which tells exit address and anonymity. */
            judge?: string | null;
            /**
             * @description 1 to 64 letters, digits, `.`, `_` or `-`; unique among your pools.
             * @example default
             */
            name: string;
            /**
             * Format: int32
             * @description Most requests at once through one proxy; 8 unless given.
             */
            parallel_limit?: number | null;
            /**
             * Format: int64
             * @description Seconds for which a session keeps its proxy; 600 unless given.
             */
            sticky_ttl?: number | null;
            /**
             * Format: int32
             * @description Requests for which a session keeps its proxy; any number unless given.
             */
            sticky_uses?: number | null;
            strategy?: components["schemas"]["Strategy"];
            /** @description What its proxies are tested against; the platform's address unless given. */
            test_target?: string | null;
        };
        /** @description A link as you want it. */
        CreateShare: {
            /** @description All when absent. */
            columns?: string[] | null;
            expires_at?: components["schemas"]["Timestamp"] | null;
            /** @description Whom it is for, 1 to 100 characters. */
            label: string;
        };
        /** @description A part of what was charged, taken back. */
        CreditNoteView: {
            currency: components["schemas"]["Currency"];
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description The one that was given back; absent for what a subscription did not use.
             */
            invoice_id?: string | null;
            issued_at: components["schemas"]["Timestamp"];
            /** Format: int64 */
            net_minor: number;
            /** @example CN-00000001 */
            number: string;
            reason?: string | null;
            /** Format: uuid */
            subscription_id: string;
            /** Format: int64 */
            tax_minor: number;
            /**
             * Format: int64
             * @description Both.
             */
            total_minor: number;
            /** Format: uuid */
            user_id: string;
        };
        /**
         * @description ISO 4217 code of three capital letters.
         * @example CNY
         */
        Currency: string;
        /** @description The plan somebody is on. */
        CurrentView: {
            at_period_end?: components["schemas"]["AtPeriodEnd"] | null;
            /**
             * Format: int64
             * @description To be taken off the next invoices, in minor units.
             */
            credit_minor: number;
            interval?: components["schemas"]["Interval"] | null;
            period_ends_at?: components["schemas"]["Timestamp"] | null;
            period_started_at?: components["schemas"]["Timestamp"] | null;
            plan: components["schemas"]["PlanView"];
            started_at?: components["schemas"]["Timestamp"] | null;
            status: components["schemas"]["Status"];
            /** @description When what is counted by the month begins anew. */
            usage_resets_at: components["schemas"]["Timestamp"];
        };
        DatabaseView: {
            /**
             * @description `sqlite` or `postgresql`.
             * @example postgresql
             */
            kind: string;
            pools: components["schemas"]["ConnectionsView"][];
        };
        /** @description A dataset. */
        DatasetView: {
            /** @description Fields that records were seen to have, in the order in which they appeared. */
            columns: components["schemas"]["ColumnView"][];
            contract: components["schemas"]["Contract"];
            created_at: components["schemas"]["Timestamp"];
            description: string;
            /** @description Fields that tell records apart; none until a batch names them. */
            key: string[];
            name: string;
            /** Format: int64 */
            records: number;
            retention: components["schemas"]["Retention"];
            updated_at: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description Goes up with every batch that changed something.
             */
            version: number;
        };
        /** @description All that one execution wrote into a dataset. */
        DatasetWrites: {
            /** Format: int64 */
            added: number;
            /** @description When it wrote last. */
            at: components["schemas"]["Timestamp"];
            /** Format: int64 */
            changed: number;
            /**
             * @description Name of the dataset.
             * @example books
             */
            dataset: string;
            /**
             * Format: int64
             * @description The first of them.
             */
            first_version: number;
            /**
             * Format: int64
             * @description The last of them.
             */
            last_version: number;
            /** Format: int64 */
            removed: number;
            /**
             * Format: int64
             * @description How many versions it made.
             */
            versions: number;
        };
        /** @description A definition with its content. */
        DefinitionDetail: components["schemas"]["DefinitionSummary"] & {
            /** @description The model as JSON. */
            definition: Record<string, never>;
            /** @description The text as it was saved. */
            source: string;
        };
        /** @description A definition of the list, and how it fares. */
        DefinitionListed: components["schemas"]["DefinitionSummary"] & {
            /** @description It has triggers, and all of them are paused. */
            paused: boolean;
            /** @description Its last ten executions, newest first. */
            recent: components["schemas"]["RecentRunView"][];
        };
        /** @description A definition in a list. */
        DefinitionSummary: {
            created_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            name: string;
            triggers: components["schemas"]["TriggerSummary"][];
            updated_at: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description The newest.
             */
            version: number;
        };
        /** @description When the account will be gone. */
        DeletionView: {
            delete_at: components["schemas"]["Timestamp"];
        };
        /**
         * @description How far a delivery is.
         * @enum {string}
         */
        DeliveryState: "pending" | "delivered" | "failed";
        /** @description Changes in the order in which they happened. */
        DeltaView: {
            /** @description Hand this back as `after`, also when nothing follows yet. */
            cursor: string;
            items: components["schemas"]["ChangeView"][];
            /** @description More follows at once. */
            more: boolean;
        };
        /** @description What one version changed in another. */
        DiffView: {
            /** @description The same value by value. */
            changes: components["schemas"]["Change"][];
            /** Format: int32 */
            from: number;
            /** @description Unified diff of the texts; empty when they are equal. */
            text: string;
            /** Format: int32 */
            to: number;
        };
        /**
         * @description Why the platform disabled an endpoint.
         * @enum {string}
         */
        DisabledReason: "gone" | "failing";
        /** @description A definition, as text or as its model: one of the two. */
        DraftBody: {
            /** @description The model as JSON. */
            definition?: Record<string, never> | null;
            /** @description YAML or JSON text. */
            source?: string | null;
        };
        /** @description A draft that is held against the version it was made from. */
        DraftDiffBody: {
            /** @description The model as JSON. */
            definition?: Record<string, never> | null;
            /**
             * Format: int32
             * @description The version it was made from.
             * @example 3
             */
            from: number;
            /** @description YAML or JSON text. */
            source?: string | null;
        };
        /** @description What a draft changes in the version it was made from. */
        DraftDiffView: {
            /** @description The same value by value. */
            changes: components["schemas"]["Change"][];
            /** Format: int32 */
            from: number;
            /**
             * Format: int32
             * @description The newest version now: another one than `from` when somebody saved meanwhile.
             */
            newest: number;
            /** @description Unified diff of the texts; empty when they are equal. */
            text: string;
        };
        /**
         * @description A rule to be tried without being kept.
         * @example {
         *       "automation": {
         *         "name": "Tell me of failures",
         *         "trigger": {
         *           "event": "execution.finished",
         *           "if": "trigger.event.payload.status == 'failed'"
         *         },
         *         "actions": [
         *           {
         *             "kind": "notify",
         *             "title": "${{ trigger.event.payload.execution_id }} failed"
         *           }
         *         ]
         *       },
         *       "event": {
         *         "kind": "execution.finished",
         *         "payload": {
         *           "execution_id": "0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b",
         *           "status": "failed"
         *         }
         *       }
         *     }
         */
        DraftDryRunBody: {
            automation: components["schemas"]["AutomationRule"];
            event?: components["schemas"]["MadeUpEvent"] | null;
            /**
             * Format: int32
             * @description Your latest so many events, 20 unless `event` is given.
             */
            last?: number | null;
        };
        /**
         * @description With what a rule that is kept is tried.
         * @example {
         *       "last": 20
         *     }
         */
        DryRunBody: {
            event?: components["schemas"]["MadeUpEvent"] | null;
            /**
             * Format: int32
             * @description Your latest so many events, 20 unless `event` is given.
             */
            last?: number | null;
        };
        /** @description All events that were tried, the newest first. */
        DryRunView: {
            /** @description How many of them the rule would have fired at. */
            fired: number;
            items: components["schemas"]["TriedView"][];
        };
        /** @description What is to change; what is absent stays. */
        EditDataset: {
            columns?: components["schemas"]["ColumnBody"][];
            contract?: components["schemas"]["Contract"] | null;
            description?: string | null;
            /** @description Only while there are no records. */
            key?: string[] | null;
            retention?: components["schemas"]["Retention"] | null;
        };
        /**
         * @description `data` of a success that has nothing to say: `null`.
         * @default null
         */
        Empty: unknown;
        /** @description How many sessions ended. */
        EndedView: {
            ended: number;
        };
        /**
         * @description Where messages are to go.
         * @example {
         *       "url": "https://hooks.example.com/workflows",
         *       "description": "Our chat"
         *     }
         */
        EndpointBody: {
            /** @description Up to 500 characters. */
            description?: string;
            /** @description Whether anything is sent there. */
            enabled?: boolean;
            /** @description `https://` or `http://`, without user name and password. */
            url: string;
        };
        /** @description A secret for an authenticator. It is not shown again. */
        EnrolmentView: {
            /** @description The address as a QR code, an SVG image as text; null when it is too long for one. */
            qr_svg?: string | null;
            /**
             * @description Base32, for typing.
             * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
             */
            secret: string;
            /** @description `otpauth://totp/…` (SHA-1, 6 digits, 30 seconds). */
            uri: string;
        };
        /** @description A success. */
        Envelope_ApiKeyView: {
            /** @description A key without its secret. */
            data: {
                created_at: components["schemas"]["Timestamp"];
                expires_at: components["schemas"]["Timestamp"];
                /** Format: uuid */
                id: string;
                /**
                 * @description How the key ends.
                 * @example x7Qa
                 */
                last_four: string;
                last_used_address?: string | null;
                last_used_at?: components["schemas"]["Timestamp"] | null;
                name: string;
                /**
                 * @description How the key begins. It names the key and opens nothing.
                 * @example wfp_01KGHGbDCjuHuGfGWgjGhb
                 */
                prefix: string;
                scopes: components["schemas"]["Permission"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_AutomationView: {
            /** @description A rule that is kept. */
            data: {
                actions: components["schemas"]["AutomationAction"][];
                /** Format: int32 */
                cooldown_seconds: number;
                created_at: components["schemas"]["Timestamp"];
                enabled: boolean;
                /**
                 * Format: int64
                 * @description How often it fired.
                 */
                fired: number;
                fired_at?: components["schemas"]["Timestamp"] | null;
                /** Format: uuid */
                id: string;
                /**
                 * Format: int64
                 * @description Events left out since it last fired, while it rested or was held back.
                 */
                left_out: number;
                name: string;
                next_at?: components["schemas"]["Timestamp"] | null;
                /** @description The rule of the house that it began as, such as `failed_run`. */
                preset?: string | null;
                trigger: components["schemas"]["AutomationTrigger"];
                updated_at: components["schemas"]["Timestamp"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_AvailableView: {
            /** @description Whether nobody has it. */
            data: {
                available: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_BackfillView: {
            /** @description How many ticks of the range were handled; after `dry_run`, would be. */
            data: {
                first?: components["schemas"]["Timestamp"] | null;
                last?: components["schemas"]["Timestamp"] | null;
                /**
                 * Format: int32
                 * @description They had started an execution before.
                 * @example 1
                 */
                left: number;
                /**
                 * Format: int32
                 * @example 6
                 */
                started: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_BulkView: {
            /** @description What became of them. */
            data: {
                done: string[];
                failures: components["schemas"]["BulkFailureView"][];
                /** @description Further ones fit: ask again. */
                more: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_CalendarView: {
            /** @description The times of a range. */
            data: {
                /** @description Those to come, in order; of too many the soonest. None while the trigger is paused. */
                due: components["schemas"]["Timestamp"][];
                /**
                 * @description Those that passed, in order; of more than 1,000, or than a trigger's share of 20,000, the
                 *     newest.
                 */
                ticks: components["schemas"]["TickView"][];
                /** @description Whether these are all. */
                whole: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ChangedView: {
            /** @description A subscription as a change left it. */
            data: {
                at_period_end?: components["schemas"]["AtPeriodEnd"] | null;
                /** Format: uuid */
                id: string;
                interval?: components["schemas"]["Interval"] | null;
                invoice?: components["schemas"]["InvoiceView"] | null;
                period_ends_at?: components["schemas"]["Timestamp"] | null;
                period_started_at?: components["schemas"]["Timestamp"] | null;
                /**
                 * @description Code of the plan.
                 * @example basic
                 */
                plan: string;
                status: components["schemas"]["Status"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_CodeSentView: {
            /** @description How long the code lives and when the next can be had. */
            data: {
                /**
                 * Format: int64
                 * @description Seconds.
                 * @example 600
                 */
                expires_in: number;
                /**
                 * Format: int64
                 * @description Seconds.
                 * @example 60
                 */
                retry_after: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_CollectedView: {
            /** @description How many records were collected over a time. */
            data: {
                /** @description The whole time in order, empty buckets too. */
                buckets: components["schemas"]["CollectedBucketView"][];
                step: components["schemas"]["BucketSpan"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_CouponView: {
            /** @description A coupon. */
            data: {
                /** @example WELCOME10 */
                code: string;
                created_at: components["schemas"]["Timestamp"];
                disabled: boolean;
                expires_at?: components["schemas"]["Timestamp"] | null;
                lasts: components["schemas"]["Lasts"];
                /** Format: int32 */
                max_redemptions?: number | null;
                off: components["schemas"]["Off"];
                plans?: string[] | null;
                /**
                 * Format: int32
                 * @description How often it was used.
                 */
                redeemed: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_CreditNoteView: {
            /** @description A part of what was charged, taken back. */
            data: {
                currency: components["schemas"]["Currency"];
                /** Format: uuid */
                id: string;
                /**
                 * Format: uuid
                 * @description The one that was given back; absent for what a subscription did not use.
                 */
                invoice_id?: string | null;
                issued_at: components["schemas"]["Timestamp"];
                /** Format: int64 */
                net_minor: number;
                /** @example CN-00000001 */
                number: string;
                reason?: string | null;
                /** Format: uuid */
                subscription_id: string;
                /** Format: int64 */
                tax_minor: number;
                /**
                 * Format: int64
                 * @description Both.
                 */
                total_minor: number;
                /** Format: uuid */
                user_id: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_CurrentView: {
            /** @description The plan somebody is on. */
            data: {
                at_period_end?: components["schemas"]["AtPeriodEnd"] | null;
                /**
                 * Format: int64
                 * @description To be taken off the next invoices, in minor units.
                 */
                credit_minor: number;
                interval?: components["schemas"]["Interval"] | null;
                period_ends_at?: components["schemas"]["Timestamp"] | null;
                period_started_at?: components["schemas"]["Timestamp"] | null;
                plan: components["schemas"]["PlanView"];
                started_at?: components["schemas"]["Timestamp"] | null;
                status: components["schemas"]["Status"];
                /** @description When what is counted by the month begins anew. */
                usage_resets_at: components["schemas"]["Timestamp"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DatasetView: {
            /** @description A dataset. */
            data: {
                /** @description Fields that records were seen to have, in the order in which they appeared. */
                columns: components["schemas"]["ColumnView"][];
                contract: components["schemas"]["Contract"];
                created_at: components["schemas"]["Timestamp"];
                description: string;
                /** @description Fields that tell records apart; none until a batch names them. */
                key: string[];
                name: string;
                /** Format: int64 */
                records: number;
                retention: components["schemas"]["Retention"];
                updated_at: components["schemas"]["Timestamp"];
                /**
                 * Format: int64
                 * @description Goes up with every batch that changed something.
                 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DefinitionDetail: {
            /** @description A definition with its content. */
            data: components["schemas"]["DefinitionSummary"] & {
                /** @description The model as JSON. */
                definition: Record<string, never>;
                /** @description The text as it was saved. */
                source: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DefinitionSummary: {
            /** @description A definition in a list. */
            data: {
                created_at: components["schemas"]["Timestamp"];
                /** Format: uuid */
                id: string;
                name: string;
                triggers: components["schemas"]["TriggerSummary"][];
                updated_at: components["schemas"]["Timestamp"];
                /**
                 * Format: int32
                 * @description The newest.
                 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DeletionView: {
            /** @description When the account will be gone. */
            data: {
                delete_at: components["schemas"]["Timestamp"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DeltaView: {
            /** @description Changes in the order in which they happened. */
            data: {
                /** @description Hand this back as `after`, also when nothing follows yet. */
                cursor: string;
                items: components["schemas"]["ChangeView"][];
                /** @description More follows at once. */
                more: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DiffView: {
            /** @description What one version changed in another. */
            data: {
                /** @description The same value by value. */
                changes: components["schemas"]["Change"][];
                /** Format: int32 */
                from: number;
                /** @description Unified diff of the texts; empty when they are equal. */
                text: string;
                /** Format: int32 */
                to: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DraftDiffView: {
            /** @description What a draft changes in the version it was made from. */
            data: {
                /** @description The same value by value. */
                changes: components["schemas"]["Change"][];
                /** Format: int32 */
                from: number;
                /**
                 * Format: int32
                 * @description The newest version now: another one than `from` when somebody saved meanwhile.
                 */
                newest: number;
                /** @description Unified diff of the texts; empty when they are equal. */
                text: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_DryRunView: {
            /** @description All events that were tried, the newest first. */
            data: {
                /** @description How many of them the rule would have fired at. */
                fired: number;
                items: components["schemas"]["TriedView"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Empty: {
            /**
             * @description `data` of a success that has nothing to say: `null`.
             * @default null
             */
            data: unknown;
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_EndedView: {
            /** @description How many sessions ended. */
            data: {
                ended: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_EnrolmentView: {
            /** @description A secret for an authenticator. It is not shown again. */
            data: {
                /** @description The address as a QR code, an SVG image as text; null when it is too long for one. */
                qr_svg?: string | null;
                /**
                 * @description Base32, for typing.
                 * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
                 */
                secret: string;
                /** @description `otpauth://totp/…` (SHA-1, 6 digits, 30 seconds). */
                uri: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_EventKindsView: {
            /** @description The kinds that people most often listen to. */
            data: {
                items: components["schemas"]["EventKindView"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ExecutionCancelView: {
            /** @description An execution whose end was asked for. */
            data: {
                /** Format: uuid */
                id: string;
                status: components["schemas"]["ExecutionStatus"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ExecutionDetailView: {
            /** @description An execution with its steps. */
            data: components["schemas"]["ExecutionView"] & {
                /** @description What its steps used. Executions that it started have their own. */
                cost: components["schemas"]["Cost"];
                /**
                 * Format: int64
                 * @description Number of the last event: where `events` goes on.
                 */
                last_event: number;
                outputs: unknown;
                params: Record<string, never>;
                steps: components["schemas"]["ExecutionStepView"][];
                /** @description What started it: `{"kind": "manual"}`. */
                trigger: Record<string, never>;
                /** @description Why it is not running, in a sentence. */
                waiting_reason?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ExecutionStartedView: {
            /** @description An execution that was asked for. */
            data: {
                /** Format: uuid */
                id: string;
                status: components["schemas"]["ExecutionStatus"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ExecutionView: {
            /** @description An execution in a list. */
            data: {
                awaits?: components["schemas"]["AwaitedView"] | null;
                created_at: components["schemas"]["Timestamp"];
                /** Format: uuid */
                definition_id: string;
                definition_name: string;
                error?: components["schemas"]["ExecutionError"] | null;
                finished_at?: components["schemas"]["Timestamp"] | null;
                /** Format: uuid */
                id: string;
                labels: {
                    [key: string]: string;
                };
                origin?: components["schemas"]["ExecutionOrigin"] | null;
                /**
                 * Format: uuid
                 * @description The execution that waits for its end, with `workflow.run`.
                 */
                parent_id?: string | null;
                /** Format: int32 */
                priority: number;
                started_at?: components["schemas"]["Timestamp"] | null;
                status: components["schemas"]["ExecutionStatus"];
                /** Format: int32 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ExplanationView: {
            /** @description What the pool would choose now. */
            data: {
                /** @description Compared by score, the best first; empty for strategies without scores. */
                candidates: components["schemas"]["CandidateView"][];
                /** @example site.example:443 */
                host: string;
                host_breaker: components["schemas"]["BreakerView"];
                next_at?: components["schemas"]["Timestamp"] | null;
                /**
                 * Format: double
                 * @description Share of successes that a new pair starts from.
                 */
                prior: number;
                proxies: components["schemas"]["StandingView"];
                /** Format: uuid */
                proxy_id?: string | null;
                reason: string;
                /** @description Latest first. */
                recent: components["schemas"]["RecentChoiceView"][];
                session?: string | null;
                strategy: components["schemas"]["Strategy"];
                /**
                 * Format: double
                 * @description What an answer takes in the pool.
                 */
                typical_ms: number;
                /**
                 * @description `chosen`, `busy`, `host_rests` or `nobody`.
                 * @example chosen
                 */
                verdict: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_FieldStatistics: {
            /** @description Figures of a field. */
            data: {
                /**
                 * Format: int64
                 * @description Different values, null aside.
                 */
                distinct: number;
                /**
                 * Format: int64
                 * @description Records that were looked at.
                 */
                examined: number;
                field: string;
                max: unknown;
                /** @description The least; of all records when the field is indexed. */
                min: unknown;
                /**
                 * Format: int64
                 * @description Among them, those in which the field is null or missing.
                 */
                nulls: number;
                /** @description These were the newest, and not all. */
                sampled: boolean;
                /** @description The most frequent values. */
                top: components["schemas"]["Frequency"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_FileView: {
            /** @description An uploaded file. */
            data: {
                /** Format: int64 */
                bytes: number;
                created_at: components["schemas"]["Timestamp"];
                /** @description When it will be forgotten. */
                expires_at: components["schemas"]["Timestamp"];
                /** @description BLAKE3 of the content, in hex. */
                hash: string;
                /** Format: uuid */
                id: string;
                /** @description As its sender called it. */
                media_type: string;
                name: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_FreshView: {
            /** @description How long the proof is believed. */
            data: {
                fresh_until: components["schemas"]["Timestamp"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_HeldBatchView: {
            /** @description A held batch with some of its records. */
            data: {
                batch: components["schemas"]["HeldView"];
                /**
                 * Format: int64
                 * @description Hand this back as `from` for the records that follow.
                 */
                next?: number | null;
                records: Record<string, never>[];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_HeldView: {
            /** @description A batch that was held back. */
            data: {
                /** @description What it breaks. */
                breaches: components["schemas"]["Breach"][];
                decided_at?: components["schemas"]["Timestamp"] | null;
                /** Format: uuid */
                decided_by?: string | null;
                /** Format: uuid */
                execution_id?: string | null;
                held_at: components["schemas"]["Timestamp"];
                /** Format: uuid */
                id: string;
                mode: components["schemas"]["Mode"];
                /** Format: int64 */
                records: number;
                state: components["schemas"]["HeldState"];
                /** Format: uuid */
                user_id?: string | null;
                /**
                 * Format: int64
                 * @description Of the dataset, when its release changed something.
                 */
                version?: number | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_HookReply: {
            /** @description What a call led to. */
            data: {
                error?: components["schemas"]["ExecutionError"] | null;
                /** Format: uuid */
                execution_id: string;
                /** @description Of an execution that has ended. */
                outputs?: Record<string, never> | null;
                status: components["schemas"]["ExecutionStatus"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_HostRuleView: {
            /** @description How a host is treated. */
            data: {
                blocked: boolean;
                decided_at: components["schemas"]["Timestamp"];
                /** @description Name, or `name:port`. */
                host: string;
                /** Format: int32 */
                parallel?: number | null;
                reason: string;
                /**
                 * Format: double
                 * @description Null: as for any other host.
                 */
                requests_per_second?: number | null;
                robots: components["schemas"]["RobotsChoice"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ImportReport: {
            /** @description What became of a file. */
            data: {
                /** Format: int64 */
                added: number;
                /**
                 * Format: int64
                 * @description Lines that are no record, and were left out.
                 */
                bad: number;
                /** @description The first hundred of them. */
                bad_lines: components["schemas"]["BadLine"][];
                /** Format: int64 */
                changed: number;
                /** @description Batches that were held back. */
                held: string[];
                /**
                 * Format: int64
                 * @description Lines that are records.
                 */
                records: number;
                /** Format: int64 */
                total: number;
                /** Format: int64 */
                unchanged: number;
                /** Format: int64 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ImportView: {
            /** @description What became of an import. */
            data: {
                /** Format: int64 */
                added: number;
                /**
                 * Format: int64
                 * @description Lines that repeat another line or a proxy the pool had already.
                 */
                duplicates: number;
                rejected: components["schemas"]["RejectedView"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_InvoiceView: {
            /** @description What is owed, or was. */
            data: {
                /**
                 * Format: int64
                 * @description Taken from your credit.
                 */
                credit_minor: number;
                /**
                 * Format: int64
                 * @description Taken back by credit notes.
                 */
                credited_minor: number;
                currency: components["schemas"]["Currency"];
                due_at: components["schemas"]["Timestamp"];
                /**
                 * Format: int64
                 * @description What is still to be paid: the total less the three above.
                 */
                due_minor: number;
                /** Format: uuid */
                id: string;
                issued_at: components["schemas"]["Timestamp"];
                lines: components["schemas"]["LineView"][];
                /** @example INV-00000001 */
                number: string;
                /** Format: int64 */
                paid_minor: number;
                reason: components["schemas"]["InvoiceReason"];
                /**
                 * Format: int64
                 * @description Of what was paid, given back or on its way.
                 */
                refunded_minor: number;
                settled_at?: components["schemas"]["Timestamp"] | null;
                status: components["schemas"]["InvoiceStatus"];
                /** Format: uuid */
                subscription_id: string;
                /** Format: int64 */
                tax_minor: number;
                /**
                 * Format: int64
                 * @description The sum of the lines, tax included.
                 */
                total_minor: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_JournalEntry: {
            /** @description An event of the journal. */
            data: {
                at: components["schemas"]["Timestamp"];
                /** @description As it was written, with `***` for secrets. */
                body: Record<string, never>;
                /** @example step.succeeded */
                kind: string;
                /**
                 * Format: int64
                 * @description Its number; they go up by one from 1.
                 */
                seq: number;
                /** @description Large values are not in `body` here; the event asked for by its number has them. */
                shortened: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ManagedUserView: {
            /** @description A user as those see them who look after all. */
            data: components["schemas"]["UserView"] & {
                status: components["schemas"]["UserStatus"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_MeView: {
            /** @description Oneself, and how the account is guarded. */
            data: components["schemas"]["OneselfView"] & {
                delete_at?: components["schemas"]["Timestamp"] | null;
                /**
                 * Format: int64
                 * @description 0 to 10.
                 * @example 10
                 */
                recovery_codes_left: number;
                /** @description Signing in asks for an authenticator's code. */
                totp_enabled: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_NewApiKeyView: {
            /** @description A new key. */
            data: {
                api_key: components["schemas"]["ApiKeyView"];
                /** @description Sent as `Authorization: Bearer …`. It is shown this once. */
                key: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_NewShareView: {
            /** @description A new link with its token, which is shown this once. */
            data: {
                share: components["schemas"]["ShareView"];
                /**
                 * @description Goes into `/shared/datasets/{token}`.
                 * @example wps_…
                 */
                token: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_OneRecord: {
            /** @description A record, now or at a version. */
            data: {
                created_at?: components["schemas"]["Timestamp"] | null;
                data: Record<string, never>;
                key: string;
                seen_at?: components["schemas"]["Timestamp"] | null;
                updated_at?: components["schemas"]["Timestamp"] | null;
                /**
                 * Format: int64
                 * @description Of the dataset, when the record last changed; of a former one, the version asked for.
                 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_OneselfView: {
            /** @description Somebody themselves, with what they may do. */
            data: components["schemas"]["UserView"] & {
                /** @description What the role grants and, for a key, its scopes cover. */
                permissions: components["schemas"]["Permission"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_OwnedInvoiceView: {
            /** @description Somebody's invoice. */
            data: components["schemas"]["InvoiceView"] & {
                /** Format: uuid */
                user_id: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_PageView: {
            /** @description A page that was fetched. */
            data: {
                /**
                 * Format: int64
                 * @description Of the content.
                 */
                bytes: number;
                /** @description Name of the encoding it is read in. */
                charset: string;
                content_type?: string | null;
                fetched_at: components["schemas"]["Timestamp"];
                /** @description BLAKE3 of the content, in hex. */
                hash: string;
                /** @description Those that say something of the page; repeated ones as one. */
                headers: {
                    [key: string]: string;
                };
                /** Format: uuid */
                id: string;
                /** Format: int32 */
                status: number;
                /** @description Where it came from, after redirects. */
                url: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_ApiKeyView: {
            /** @description One page of a list. */
            data: {
                items: {
                    created_at: components["schemas"]["Timestamp"];
                    expires_at: components["schemas"]["Timestamp"];
                    /** Format: uuid */
                    id: string;
                    /**
                     * @description How the key ends.
                     * @example x7Qa
                     */
                    last_four: string;
                    last_used_address?: string | null;
                    last_used_at?: components["schemas"]["Timestamp"] | null;
                    name: string;
                    /**
                     * @description How the key begins. It names the key and opens nothing.
                     * @example wfp_01KGHGbDCjuHuGfGWgjGhb
                     */
                    prefix: string;
                    scopes: components["schemas"]["Permission"][];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_AuditView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @example user.role_changed */
                    action: string;
                    actor: components["schemas"]["ActorView"];
                    address?: string | null;
                    at: components["schemas"]["Timestamp"];
                    /** @description What changed, and to what. */
                    details: Record<string, never>;
                    /** Format: uuid */
                    id: string;
                    outcome: components["schemas"]["AuditOutcome"];
                    /** @description A code or a word that says why. */
                    reason?: string | null;
                    request_id?: string | null;
                    target?: components["schemas"]["TargetView"] | null;
                    user?: components["schemas"]["NamedView"] | null;
                    user_agent?: string | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_AutomationView: {
            /** @description One page of a list. */
            data: {
                items: {
                    actions: components["schemas"]["AutomationAction"][];
                    /** Format: int32 */
                    cooldown_seconds: number;
                    created_at: components["schemas"]["Timestamp"];
                    enabled: boolean;
                    /**
                     * Format: int64
                     * @description How often it fired.
                     */
                    fired: number;
                    fired_at?: components["schemas"]["Timestamp"] | null;
                    /** Format: uuid */
                    id: string;
                    /**
                     * Format: int64
                     * @description Events left out since it last fired, while it rested or was held back.
                     */
                    left_out: number;
                    name: string;
                    next_at?: components["schemas"]["Timestamp"] | null;
                    /** @description The rule of the house that it began as, such as `failed_run`. */
                    preset?: string | null;
                    trigger: components["schemas"]["AutomationTrigger"];
                    updated_at: components["schemas"]["Timestamp"];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_ChangeView: {
            /** @description One page of a list. */
            data: {
                items: {
                    at: components["schemas"]["Timestamp"];
                    cause: components["schemas"]["Cause"];
                    /** Format: uuid */
                    execution_id?: string | null;
                    /** @description Fields that differ. */
                    fields: components["schemas"]["FieldChange"][];
                    /** @description Absent where a link does not show it. */
                    key?: string | null;
                    kind: components["schemas"]["ChangeKind"];
                    /** Format: uuid */
                    user_id?: string | null;
                    /** Format: int64 */
                    version: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_CouponView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @example WELCOME10 */
                    code: string;
                    created_at: components["schemas"]["Timestamp"];
                    disabled: boolean;
                    expires_at?: components["schemas"]["Timestamp"] | null;
                    lasts: components["schemas"]["Lasts"];
                    /** Format: int32 */
                    max_redemptions?: number | null;
                    off: components["schemas"]["Off"];
                    plans?: string[] | null;
                    /**
                     * Format: int32
                     * @description How often it was used.
                     */
                    redeemed: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_CreditNoteView: {
            /** @description One page of a list. */
            data: {
                items: {
                    currency: components["schemas"]["Currency"];
                    /** Format: uuid */
                    id: string;
                    /**
                     * Format: uuid
                     * @description The one that was given back; absent for what a subscription did not use.
                     */
                    invoice_id?: string | null;
                    issued_at: components["schemas"]["Timestamp"];
                    /** Format: int64 */
                    net_minor: number;
                    /** @example CN-00000001 */
                    number: string;
                    reason?: string | null;
                    /** Format: uuid */
                    subscription_id: string;
                    /** Format: int64 */
                    tax_minor: number;
                    /**
                     * Format: int64
                     * @description Both.
                     */
                    total_minor: number;
                    /** Format: uuid */
                    user_id: string;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_DatasetView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @description Fields that records were seen to have, in the order in which they appeared. */
                    columns: components["schemas"]["ColumnView"][];
                    contract: components["schemas"]["Contract"];
                    created_at: components["schemas"]["Timestamp"];
                    description: string;
                    /** @description Fields that tell records apart; none until a batch names them. */
                    key: string[];
                    name: string;
                    /** Format: int64 */
                    records: number;
                    retention: components["schemas"]["Retention"];
                    updated_at: components["schemas"]["Timestamp"];
                    /**
                     * Format: int64
                     * @description Goes up with every batch that changed something.
                     */
                    version: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_DefinitionListed: {
            /** @description One page of a list. */
            data: {
                items: (components["schemas"]["DefinitionSummary"] & {
                    /** @description It has triggers, and all of them are paused. */
                    paused: boolean;
                    /** @description Its last ten executions, newest first. */
                    recent: components["schemas"]["RecentRunView"][];
                })[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_ExecutionView: {
            /** @description One page of a list. */
            data: {
                items: {
                    awaits?: components["schemas"]["AwaitedView"] | null;
                    created_at: components["schemas"]["Timestamp"];
                    /** Format: uuid */
                    definition_id: string;
                    definition_name: string;
                    error?: components["schemas"]["ExecutionError"] | null;
                    finished_at?: components["schemas"]["Timestamp"] | null;
                    /** Format: uuid */
                    id: string;
                    labels: {
                        [key: string]: string;
                    };
                    origin?: components["schemas"]["ExecutionOrigin"] | null;
                    /**
                     * Format: uuid
                     * @description The execution that waits for its end, with `workflow.run`.
                     */
                    parent_id?: string | null;
                    /** Format: int32 */
                    priority: number;
                    started_at?: components["schemas"]["Timestamp"] | null;
                    status: components["schemas"]["ExecutionStatus"];
                    /** Format: int32 */
                    version: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_FileView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** Format: int64 */
                    bytes: number;
                    created_at: components["schemas"]["Timestamp"];
                    /** @description When it will be forgotten. */
                    expires_at: components["schemas"]["Timestamp"];
                    /** @description BLAKE3 of the content, in hex. */
                    hash: string;
                    /** Format: uuid */
                    id: string;
                    /** @description As its sender called it. */
                    media_type: string;
                    name: string;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_FiringView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @description As they were done. */
                    actions: components["schemas"]["AutomationAction"][];
                    ended_at?: components["schemas"]["Timestamp"] | null;
                    /** @description `id`, `kind`, `at` and `payload` of the event. */
                    event: Record<string, never>;
                    fired_at: components["schemas"]["Timestamp"];
                    /** Format: uuid */
                    id: string;
                    /** @description In the order of the actions; null while one is not done. */
                    outcomes: (components["schemas"]["ActionOutcome"] | null)[];
                    /** @description Why it was held back, or could not begin. */
                    reason?: string | null;
                    state: components["schemas"]["FiringState"];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_HeldView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @description What it breaks. */
                    breaches: components["schemas"]["Breach"][];
                    decided_at?: components["schemas"]["Timestamp"] | null;
                    /** Format: uuid */
                    decided_by?: string | null;
                    /** Format: uuid */
                    execution_id?: string | null;
                    held_at: components["schemas"]["Timestamp"];
                    /** Format: uuid */
                    id: string;
                    mode: components["schemas"]["Mode"];
                    /** Format: int64 */
                    records: number;
                    state: components["schemas"]["HeldState"];
                    /** Format: uuid */
                    user_id?: string | null;
                    /**
                     * Format: int64
                     * @description Of the dataset, when its release changed something.
                     */
                    version?: number | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_HostRuleView: {
            /** @description One page of a list. */
            data: {
                items: {
                    blocked: boolean;
                    decided_at: components["schemas"]["Timestamp"];
                    /** @description Name, or `name:port`. */
                    host: string;
                    /** Format: int32 */
                    parallel?: number | null;
                    reason: string;
                    /**
                     * Format: double
                     * @description Null: as for any other host.
                     */
                    requests_per_second?: number | null;
                    robots: components["schemas"]["RobotsChoice"];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_HostView: {
            /** @description One page of a list. */
            data: {
                items: {
                    breaker: components["schemas"]["BreakerView"];
                    /** Format: int64 */
                    failures: number;
                    first_used_at: components["schemas"]["Timestamp"];
                    /**
                     * @description `name:port`.
                     * @example site.example:443
                     */
                    host: string;
                    /** Format: uuid */
                    id: string;
                    last_used_at: components["schemas"]["Timestamp"];
                    /**
                     * Format: double
                     * @description Mean over its proxies.
                     */
                    latency_ms?: number | null;
                    /**
                     * Format: int64
                     * @description Proxies that were used for it.
                     */
                    proxies: number;
                    /**
                     * Format: int64
                     * @description Throttled or challenged.
                     */
                    refused: number;
                    /** Format: int64 */
                    requests: number;
                    /**
                     * Format: int64
                     * @description Of them, those that may not be used for it for now.
                     */
                    resting: number;
                    /** Format: int64 */
                    successes: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_InvoiceView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * Format: int64
                     * @description Taken from your credit.
                     */
                    credit_minor: number;
                    /**
                     * Format: int64
                     * @description Taken back by credit notes.
                     */
                    credited_minor: number;
                    currency: components["schemas"]["Currency"];
                    due_at: components["schemas"]["Timestamp"];
                    /**
                     * Format: int64
                     * @description What is still to be paid: the total less the three above.
                     */
                    due_minor: number;
                    /** Format: uuid */
                    id: string;
                    issued_at: components["schemas"]["Timestamp"];
                    lines: components["schemas"]["LineView"][];
                    /** @example INV-00000001 */
                    number: string;
                    /** Format: int64 */
                    paid_minor: number;
                    reason: components["schemas"]["InvoiceReason"];
                    /**
                     * Format: int64
                     * @description Of what was paid, given back or on its way.
                     */
                    refunded_minor: number;
                    settled_at?: components["schemas"]["Timestamp"] | null;
                    status: components["schemas"]["InvoiceStatus"];
                    /** Format: uuid */
                    subscription_id: string;
                    /** Format: int64 */
                    tax_minor: number;
                    /**
                     * Format: int64
                     * @description The sum of the lines, tax included.
                     */
                    total_minor: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_JournalEntry: {
            /** @description One page of a list. */
            data: {
                items: {
                    at: components["schemas"]["Timestamp"];
                    /** @description As it was written, with `***` for secrets. */
                    body: Record<string, never>;
                    /** @example step.succeeded */
                    kind: string;
                    /**
                     * Format: int64
                     * @description Its number; they go up by one from 1.
                     */
                    seq: number;
                    /** @description Large values are not in `body` here; the event asked for by its number has them. */
                    shortened: boolean;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_ListedUserView: {
            /** @description One page of a list. */
            data: {
                items: (components["schemas"]["ManagedUserView"] & {
                    last_login_at?: components["schemas"]["Timestamp"] | null;
                })[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_LogLine: {
            /** @description One page of a list. */
            data: {
                items: {
                    at: components["schemas"]["Timestamp"];
                    fields: unknown;
                    /** Format: int32 */
                    item?: number | null;
                    level: components["schemas"]["LogLevel"];
                    message: string;
                    step?: string | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_LoggedEventView: {
            /** @description One page of a list. */
            data: {
                items: {
                    aggregate: string;
                    aggregate_id: string;
                    /**
                     * Format: int32
                     * @description Failed attempts to handle it.
                     */
                    attempts: number;
                    /** @description Why the last attempt failed. */
                    error?: string | null;
                    /** Format: uuid */
                    id: string;
                    /** @example user.logged_in */
                    kind: string;
                    occurred_at: components["schemas"]["Timestamp"];
                    /** @description What the event says; its form depends on the kind. */
                    payload: Record<string, never>;
                    request_id?: string | null;
                    state: components["schemas"]["EventReached"];
                    /** Format: uuid */
                    user_id?: string | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_NamedCalendarView: {
            /** @description One page of a list. */
            data: {
                items: {
                    calendar: components["schemas"]["CalendarView"];
                    trigger: components["schemas"]["NamedTriggerView"];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_NamedTriggerView: {
            /** @description One page of a list. */
            data: {
                items: (components["schemas"]["TriggerView"] & {
                    /** Format: uuid */
                    definition_id: string;
                    /** @example rankings */
                    definition_name: string;
                })[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_NotificationView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * Format: uuid
                     * @description The automation that left it, unless the platform did.
                     */
                    automation_id?: string | null;
                    body: string;
                    created_at: components["schemas"]["Timestamp"];
                    /** Format: uuid */
                    id: string;
                    read_at?: components["schemas"]["Timestamp"] | null;
                    title: string;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_OwnedInvoiceView: {
            /** @description One page of a list. */
            data: {
                items: (components["schemas"]["InvoiceView"] & {
                    /** Format: uuid */
                    user_id: string;
                })[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_PageView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * Format: int64
                     * @description Of the content.
                     */
                    bytes: number;
                    /** @description Name of the encoding it is read in. */
                    charset: string;
                    content_type?: string | null;
                    fetched_at: components["schemas"]["Timestamp"];
                    /** @description BLAKE3 of the content, in hex. */
                    hash: string;
                    /** @description Those that say something of the page; repeated ones as one. */
                    headers: {
                        [key: string]: string;
                    };
                    /** Format: uuid */
                    id: string;
                    /** Format: int32 */
                    status: number;
                    /** @description Where it came from, after redirects. */
                    url: string;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_PairView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @description `scheme://host:port`. */
                    address: string;
                    /**
                     * Format: double
                     * @description Failures, likewise.
                     */
                    bad: number;
                    breaker: components["schemas"]["BreakerView"];
                    /** Format: int64 */
                    failures: number;
                    /**
                     * Format: double
                     * @description Successes with exponential decay, half of them forgotten in 30 minutes.
                     */
                    good: number;
                    last_used_at: components["schemas"]["Timestamp"];
                    /** Format: double */
                    latency_ms?: number | null;
                    /** Format: uuid */
                    proxy_id: string;
                    /** Format: int64 */
                    refused: number;
                    /** Format: int64 */
                    requests: number;
                    /** Format: int64 */
                    successes: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_ParkedEventView: {
            /** @description One page of a list. */
            data: {
                items: {
                    aggregate: string;
                    aggregate_id: string;
                    /** Format: int32 */
                    attempts: number;
                    /** @description Why the last attempt failed. */
                    error: string;
                    /** Format: uuid */
                    id: string;
                    /** @example user.password_changed */
                    kind: string;
                    occurred_at: components["schemas"]["Timestamp"];
                    parked_at: components["schemas"]["Timestamp"];
                    /** @description What the event says; its form depends on the kind. */
                    payload: Record<string, never>;
                    request_id?: string | null;
                    /** Format: uuid */
                    user_id?: string | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_PlanView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @example basic */
                    code: string;
                    entitlements: components["schemas"]["PlanEntitlements"];
                    /** @description In the caller's language. */
                    name: string;
                    prices: components["schemas"]["Price"][];
                    /** Format: int32 */
                    version: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_PoolView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * Format: int64
                     * @description Seconds.
                     */
                    check_every?: number | null;
                    created_at: components["schemas"]["Timestamp"];
                    /** Format: uuid */
                    id: string;
                    judge?: string | null;
                    name: string;
                    /** Format: int32 */
                    parallel_limit: number;
                    /**
                     * Format: int64
                     * @description How many proxies it has.
                     */
                    proxies: number;
                    states: components["schemas"]["StatesView"];
                    /**
                     * Format: int64
                     * @description Seconds.
                     */
                    sticky_ttl: number;
                    /** Format: int32 */
                    sticky_uses?: number | null;
                    strategy: components["schemas"]["Strategy"];
                    test_target?: string | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_ProxyView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @description `scheme://host:port`. */
                    address: string;
                    anonymity?: components["schemas"]["Anonymity"] | null;
                    /** Format: int64 */
                    bytes: number;
                    checked_at?: components["schemas"]["Timestamp"] | null;
                    cool_down_until?: components["schemas"]["Timestamp"] | null;
                    /** Format: double */
                    cost: number;
                    created_at: components["schemas"]["Timestamp"];
                    enabled: boolean;
                    /** @description The address its requests come from. */
                    exit_address?: string | null;
                    /** Format: int64 */
                    failures: number;
                    has_credentials: boolean;
                    host: string;
                    /** Format: uuid */
                    id: string;
                    label?: string | null;
                    last_error?: string | null;
                    last_used_at?: components["schemas"]["Timestamp"] | null;
                    /**
                     * Format: double
                     * @description Weighted mean of recent answers.
                     */
                    latency_ms?: number | null;
                    /** Format: int32 */
                    port: number;
                    /** Format: int64 */
                    requests: number;
                    retires_at?: components["schemas"]["Timestamp"] | null;
                    /** @example http */
                    scheme: string;
                    /**
                     * Format: uuid
                     * @description The provider's list that it comes from.
                     */
                    source_id?: string | null;
                    /** @description `unknown`, `healthy`, `degraded` or `quarantined`. */
                    state: string;
                    /** Format: int64 */
                    successes: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_RefundView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** Format: int64 */
                    amount_minor: number;
                    created_at: components["schemas"]["Timestamp"];
                    /**
                     * Format: uuid
                     * @description Absent when all of it was to the customer's credit before.
                     */
                    credit_note_id?: string | null;
                    currency: components["schemas"]["Currency"];
                    /** Format: uuid */
                    id: string;
                    /** Format: uuid */
                    invoice_id: string;
                    /**
                     * Format: uuid
                     * @description The payment that the provider gives back; absent when it is done by hand.
                     */
                    payment_id?: string | null;
                    reason: string;
                    settled_at?: components["schemas"]["Timestamp"] | null;
                    status: components["schemas"]["RefundStatus"];
                    /** Format: uuid */
                    user_id: string;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_SecretView: {
            /** @description One page of a list. */
            data: {
                items: {
                    created_at: components["schemas"]["Timestamp"];
                    description?: string | null;
                    /** @example SHOP_API_KEY */
                    name: string;
                    updated_at: components["schemas"]["Timestamp"];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_SessionView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * @description Where the login came from, IPv4 or IPv6.
                     * @example 192.0.2.7
                     */
                    address?: string | null;
                    created_at: components["schemas"]["Timestamp"];
                    /** @description It is the one of this request. */
                    current: boolean;
                    expires_at: components["schemas"]["Timestamp"];
                    /** Format: uuid */
                    id: string;
                    /**
                     * @description Where its tokens were last refreshed from.
                     * @example 192.0.2.7
                     */
                    last_address?: string | null;
                    /** @description When its tokens were last refreshed. */
                    last_used_at: components["schemas"]["Timestamp"];
                    /** @description The `User-Agent` of the login. */
                    user_agent?: string | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_ShareView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @description Columns that are shown; all when null. */
                    columns?: string[] | null;
                    created_at: components["schemas"]["Timestamp"];
                    expires_at?: components["schemas"]["Timestamp"] | null;
                    /** Format: uuid */
                    id: string;
                    label: string;
                    revoked_at?: components["schemas"]["Timestamp"] | null;
                    used_at?: components["schemas"]["Timestamp"] | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_SourceView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** Format: int32 */
                    added: number;
                    created_at: components["schemas"]["Timestamp"];
                    enabled: boolean;
                    /**
                     * Format: int64
                     * @description Seconds.
                     */
                    every: number;
                    /** Format: int32 */
                    found: number;
                    /**
                     * Format: int64
                     * @description Seconds.
                     */
                    grace: number;
                    /** Format: uuid */
                    id: string;
                    /** @description Why the last fetch changed nothing; the counts are those of the last that worked. */
                    last_error?: string | null;
                    last_fetch_at?: components["schemas"]["Timestamp"] | null;
                    /**
                     * Format: int32
                     * @description Proxies that are no longer listed.
                     */
                    missing: number;
                    next_fetch_at: components["schemas"]["Timestamp"];
                    /**
                     * Format: int32
                     * @description Lines that are no proxy, or one on an address that is not allowed.
                     */
                    rejected: number;
                    scheme: components["schemas"]["ProxyScheme"];
                    /** @description Without user, password and query. */
                    url: string;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_StepItem: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * Format: int32
                     * @description How many attempts there were.
                     */
                    attempts: number;
                    error?: components["schemas"]["ItemErrorView"] | null;
                    finished_at?: components["schemas"]["Timestamp"] | null;
                    /**
                     * Format: int32
                     * @description Its place among the items, from 0.
                     */
                    index: number;
                    started_at?: components["schemas"]["Timestamp"] | null;
                    status: components["schemas"]["StepStatus"];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_TestSummary: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** @description It stops in a moment. */
                    cancelling: boolean;
                    created_at: components["schemas"]["Timestamp"];
                    /** Format: int32 */
                    done: number;
                    /** Format: int32 */
                    failed: number;
                    finished_at?: components["schemas"]["Timestamp"] | null;
                    /** Format: uuid */
                    id: string;
                    judge?: string | null;
                    /** Format: uuid */
                    pool_id: string;
                    state: components["schemas"]["TestState"];
                    target: string;
                    /**
                     * Format: int32
                     * @description Enabled proxies of the pool when it began.
                     */
                    total: number;
                    /** Format: int32 */
                    worked: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_TickView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * @description Why it was not simply run.
                     * @example missed; a later one runs for it
                     */
                    detail?: string | null;
                    due_at: components["schemas"]["Timestamp"];
                    /**
                     * Format: uuid
                     * @description What it came from, where that is no clock.
                     */
                    event_id?: string | null;
                    /** Format: uuid */
                    execution_id?: string | null;
                    outcome: components["schemas"]["TickOutcome"];
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_TriggerView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /**
                     * @description Of an event or dataset: which of them start the workflow.
                     * @example ${{ trigger.event.payload.added > 0 }}
                     */
                    condition?: string | null;
                    /** @example 0 8 * * * */
                    expression: string;
                    /**
                     * Format: int64
                     * @description It asks for more: the plan has its runs at least so many seconds apart.
                     * @example 300
                     */
                    held_to_seconds?: number | null;
                    /** Format: uuid */
                    id: string;
                    /** @example cron */
                    kind: string;
                    misfire: components["schemas"]["Misfire"];
                    /** @description The next ten; none while it is paused. */
                    next_runs: components["schemas"]["Timestamp"][];
                    overlap: components["schemas"]["Overlap"];
                    paused: boolean;
                    /** @example Asia/Shanghai */
                    timezone: string;
                    webhook?: components["schemas"]["HookView"] | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_VariableView: {
            /** @description One page of a list. */
            data: {
                items: {
                    created_at: components["schemas"]["Timestamp"];
                    description?: string | null;
                    /** @example region */
                    name: string;
                    updated_at: components["schemas"]["Timestamp"];
                    value: unknown;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_VersionSummary: {
            /** @description One page of a list. */
            data: {
                items: {
                    created_at: components["schemas"]["Timestamp"];
                    /**
                     * @description What was said of it when it was saved.
                     * @example Follow the site's new address
                     */
                    message?: string | null;
                    /**
                     * Format: int32
                     * @example 3
                     */
                    version: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_VersionView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** Format: int64 */
                    added: number;
                    at: components["schemas"]["Timestamp"];
                    cause: components["schemas"]["Cause"];
                    /** Format: int64 */
                    changed: number;
                    /** Format: uuid */
                    execution_id?: string | null;
                    /** Format: int64 */
                    removed: number;
                    /**
                     * Format: int64
                     * @description Records then.
                     */
                    total: number;
                    /** Format: uuid */
                    user_id?: string | null;
                    /** Format: int64 */
                    version: number;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_WebhookDeliveryView: {
            /** @description One page of a list. */
            data: {
                items: {
                    /** Format: int32 */
                    attempts: number;
                    /**
                     * Format: uuid
                     * @description The automation that sends it; null of a test.
                     */
                    automation_id?: string | null;
                    created_at: components["schemas"]["Timestamp"];
                    due_at?: components["schemas"]["Timestamp"] | null;
                    ended_at?: components["schemas"]["Timestamp"] | null;
                    /** @description Why the last attempt failed. */
                    error?: string | null;
                    /** Format: uuid */
                    id: string;
                    /**
                     * @description `type` of the message: the kind of the event.
                     * @example execution.finished
                     */
                    kind: string;
                    /**
                     * @description The message's `webhook-id`, the same for every attempt.
                     * @example msg_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b
                     */
                    message_id: string;
                    state: components["schemas"]["DeliveryState"];
                    /**
                     * Format: int32
                     * @description HTTP status of the last answer.
                     */
                    status?: number | null;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Page_WebhookEndpointView: {
            /** @description One page of a list. */
            data: {
                items: {
                    created_at: components["schemas"]["Timestamp"];
                    description: string;
                    disabled_reason?: components["schemas"]["DisabledReason"] | null;
                    enabled: boolean;
                    failing_since?: components["schemas"]["Timestamp"] | null;
                    /** Format: uuid */
                    id: string;
                    old_secret_until?: components["schemas"]["Timestamp"] | null;
                    updated_at: components["schemas"]["Timestamp"];
                    url: string;
                }[];
                /** @description Hand this back as `cursor` for what follows; absent on the last page. */
                next_cursor?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_PaymentView: {
            /** @description An attempt to pay an invoice. */
            data: {
                /**
                 * Format: int64
                 * @description In the currency's minor unit (fen).
                 */
                amount_minor: number;
                created_at: components["schemas"]["Timestamp"];
                currency: components["schemas"]["Currency"];
                /** Format: uuid */
                id: string;
                /** Format: uuid */
                invoice_id: string;
                status: components["schemas"]["PaymentStatus"];
                /**
                 * @description Where to pay.
                 * @example https://checkout.stripe.com/c/pay/cs_test_a1
                 */
                url?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_PlanView: {
            /** @description One version of a plan. */
            data: {
                /** @example basic */
                code: string;
                entitlements: components["schemas"]["PlanEntitlements"];
                /** @description In the caller's language. */
                name: string;
                prices: components["schemas"]["Price"][];
                /** Format: int32 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_PoolView: {
            /** @description A proxy pool. */
            data: {
                /**
                 * Format: int64
                 * @description Seconds.
                 */
                check_every?: number | null;
                created_at: components["schemas"]["Timestamp"];
                /** Format: uuid */
                id: string;
                judge?: string | null;
                name: string;
                /** Format: int32 */
                parallel_limit: number;
                /**
                 * Format: int64
                 * @description How many proxies it has.
                 */
                proxies: number;
                states: components["schemas"]["StatesView"];
                /**
                 * Format: int64
                 * @description Seconds.
                 */
                sticky_ttl: number;
                /** Format: int32 */
                sticky_uses?: number | null;
                strategy: components["schemas"]["Strategy"];
                test_target?: string | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ProxyView: {
            /** @description A proxy. Credentials are never shown again. */
            data: {
                /** @description `scheme://host:port`. */
                address: string;
                anonymity?: components["schemas"]["Anonymity"] | null;
                /** Format: int64 */
                bytes: number;
                checked_at?: components["schemas"]["Timestamp"] | null;
                cool_down_until?: components["schemas"]["Timestamp"] | null;
                /** Format: double */
                cost: number;
                created_at: components["schemas"]["Timestamp"];
                enabled: boolean;
                /** @description The address its requests come from. */
                exit_address?: string | null;
                /** Format: int64 */
                failures: number;
                has_credentials: boolean;
                host: string;
                /** Format: uuid */
                id: string;
                label?: string | null;
                last_error?: string | null;
                last_used_at?: components["schemas"]["Timestamp"] | null;
                /**
                 * Format: double
                 * @description Weighted mean of recent answers.
                 */
                latency_ms?: number | null;
                /** Format: int32 */
                port: number;
                /** Format: int64 */
                requests: number;
                retires_at?: components["schemas"]["Timestamp"] | null;
                /** @example http */
                scheme: string;
                /**
                 * Format: uuid
                 * @description The provider's list that it comes from.
                 */
                source_id?: string | null;
                /** @description `unknown`, `healthy`, `degraded` or `quarantined`. */
                state: string;
                /** Format: int64 */
                successes: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_QuoteView: {
            /** @description What an upgrade would cost if it were made now. */
            data: {
                /**
                 * Format: int64
                 * @description What would be taken from your credit.
                 */
                credit_minor: number;
                /**
                 * Format: int64
                 * @description What would be left to pay.
                 */
                due_minor: number;
                interval?: components["schemas"]["Interval"] | null;
                lines: components["schemas"]["LineView"][];
                period_ends_at?: components["schemas"]["Timestamp"] | null;
                /** @example pro */
                plan: string;
                /** Format: int64 */
                total_minor: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ReadView: {
            /** @description How many were not read before. */
            data: {
                /** Format: int64 */
                read: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ReconciliationView: {
            /** @description What does not add up; all is nothing when the books are right. */
            data: {
                balanced: boolean;
                /**
                 * Format: int64
                 * @description Customers whose credit is not what their entries come to.
                 */
                credits_off: number;
                /**
                 * Format: int64
                 * @description Customers whose invoices are not what their receivables come to.
                 */
                invoices_off: number;
                /**
                 * Format: int64
                 * @description Numbers of documents that are missing.
                 */
                missing_numbers: number;
                /**
                 * Format: int64
                 * @description Customers whose refunds under way are not what their entries come to.
                 */
                refunds_off: number;
                /**
                 * Format: int64
                 * @description Postings whose entries do not add up to nothing.
                 */
                unbalanced_postings: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_RecoveryCodesView: {
            /** @description Ten codes, each good for one sign-in without the authenticator. They are not shown again. */
            data: {
                /**
                 * @example [
                 *       "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ"
                 *     ]
                 */
                recovery_codes: string[];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_RefundView: {
            /** @description Money given back. */
            data: {
                /** Format: int64 */
                amount_minor: number;
                created_at: components["schemas"]["Timestamp"];
                /**
                 * Format: uuid
                 * @description Absent when all of it was to the customer's credit before.
                 */
                credit_note_id?: string | null;
                currency: components["schemas"]["Currency"];
                /** Format: uuid */
                id: string;
                /** Format: uuid */
                invoice_id: string;
                /**
                 * Format: uuid
                 * @description The payment that the provider gives back; absent when it is done by hand.
                 */
                payment_id?: string | null;
                reason: string;
                settled_at?: components["schemas"]["Timestamp"] | null;
                status: components["schemas"]["RefundStatus"];
                /** Format: uuid */
                user_id: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_RegisteredView: {
            /** @description The new account. */
            data: {
                user: components["schemas"]["UserView"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Removed: {
            /** @description What was removed. */
            data: {
                /** Format: int64 */
                removed: number;
                /**
                 * Format: int64
                 * @description Records in the dataset now.
                 */
                total: number;
                /** Format: int64 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_ResultsView: {
            /** @description Results in the order in which they came; ask for what follows with the last `seq` as `after`. */
            data: {
                items: components["schemas"]["TestedView"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_SavedViewView: {
            /** @description A filter under a name. */
            data: {
                created_at: components["schemas"]["Timestamp"];
                name: string;
                search: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_SecretView: {
            /** @description A secret. Its value is shown to nobody. */
            data: {
                created_at: components["schemas"]["Timestamp"];
                description?: string | null;
                /** @example SHOP_API_KEY */
                name: string;
                updated_at: components["schemas"]["Timestamp"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_SharedDataset: {
            /** @description A dataset as a link shows it. */
            data: {
                columns: components["schemas"]["ColumnView"][];
                description: string;
                expires_at?: components["schemas"]["Timestamp"] | null;
                name: string;
                /** Format: int64 */
                records: number;
                updated_at: components["schemas"]["Timestamp"];
                /** Format: int64 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_SignalView: {
            /** @description The step that takes the signal. */
            data: {
                step: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_SignedInView: {
            /** @description Fresh tokens. */
            data: {
                access_token: string;
                /**
                 * Format: int64
                 * @description Life of the access token in seconds.
                 * @example 1800
                 */
                expires_in: number;
                refresh_token: string;
                /**
                 * @description Always `Bearer`.
                 * @example Bearer
                 */
                token_type: string;
                user: components["schemas"]["OneselfView"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_SourceView: {
            /** @description A list that a pool follows, and what came of its last fetch. */
            data: {
                /** Format: int32 */
                added: number;
                created_at: components["schemas"]["Timestamp"];
                enabled: boolean;
                /**
                 * Format: int64
                 * @description Seconds.
                 */
                every: number;
                /** Format: int32 */
                found: number;
                /**
                 * Format: int64
                 * @description Seconds.
                 */
                grace: number;
                /** Format: uuid */
                id: string;
                /** @description Why the last fetch changed nothing; the counts are those of the last that worked. */
                last_error?: string | null;
                last_fetch_at?: components["schemas"]["Timestamp"] | null;
                /**
                 * Format: int32
                 * @description Proxies that are no longer listed.
                 */
                missing: number;
                next_fetch_at: components["schemas"]["Timestamp"];
                /**
                 * Format: int32
                 * @description Lines that are no proxy, or one on an address that is not allowed.
                 */
                rejected: number;
                scheme: components["schemas"]["ProxyScheme"];
                /** @description Without user, password and query. */
                url: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_StatisticsView: {
            /** @description How executions ended over a time. */
            data: {
                /** @description The whole range in order, empty buckets too. */
                buckets: components["schemas"]["BucketView"][];
                step: components["schemas"]["BucketSpan"];
                /**
                 * Format: int64
                 * @description Executions that have not ended now, counted up to 10,000.
                 * @example 3
                 */
                unfinished: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_StatusView: {
            /** @description How a pool fares. */
            data: {
                /** @description Proxies by state: `unknown`, `healthy`, `degraded`, `quarantined`. */
                by_state: {
                    [key: string]: number;
                };
                /** Format: int64 */
                bytes: number;
                /** Format: int64 */
                failures: number;
                pool: components["schemas"]["PoolView"];
                /** @description The newest 200; all of them are in the list of proxies. */
                proxies: components["schemas"]["ProxyView"][];
                /** Format: int64 */
                requests: number;
                /** Format: int64 */
                successes: number;
                /** Format: int64 */
                total: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_StepItemDetail: {
            /** @description One item with all that is known of it. */
            data: components["schemas"]["StepItem"] & {
                /** @description The newest, the oldest of them first. */
                attempt_list: components["schemas"]["AttemptView"][];
                failure?: components["schemas"]["ActionErrorView"] | null;
                input?: unknown;
                /** @description What `item` is in expressions. */
                item: unknown;
                output?: unknown;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_StepItemMap: {
            /** @description The states of many items at a glance. */
            data: {
                /** @description How many are in each state. */
                counts: {
                    [key: string]: number;
                };
                /** @description Hand this back as `cursor` for what follows; absent on the last part. */
                next_cursor?: string | null;
                /**
                 * @description One letter for each item, in their order: `p` pending, `r` running, `w` waiting,
                 *     `s` succeeded, `f` failed, `k` skipped, `c` cancelled. Up to 10,000 at a time.
                 * @example sssfsrp
                 */
                states: string;
                total: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_StepTestView: {
            /** @description What came of it. */
            data: {
                /** @description What the step's `if` gave; it ran all the same. */
                condition?: boolean | null;
                cost: components["schemas"]["Cost"];
                /** Format: int64 */
                duration_ms: number;
                error?: components["schemas"]["StepTestError"] | null;
                input?: components["schemas"]["StepTestValue"] | null;
                item?: components["schemas"]["StepTestItem"] | null;
                /** @description The first 500 lines. */
                logs: components["schemas"]["StepTestLine"][];
                /**
                 * Format: int64
                 * @description How many more there were.
                 */
                logs_left_out: number;
                output?: components["schemas"]["StepTestValue"] | null;
                started_at: components["schemas"]["Timestamp"];
                /**
                 * @description `succeeded` or `failed`.
                 * @example succeeded
                 */
                status: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_SystemStatusView: {
            /** @description How the platform stands. */
            data: {
                /**
                 * @description `memory` or `redis`.
                 * @example redis
                 */
                cache: string;
                checked_at: components["schemas"]["Timestamp"];
                database: components["schemas"]["DatabaseView"];
                /**
                 * @description What the platform checks of itself, by name. Those of the engine are checked every minute,
                 *     those of the books every hour.
                 */
                invariants: components["schemas"]["InvariantView"][];
                outbox: components["schemas"]["OutboxView"];
                /** @description Those that run, or ran within a day; the newest first. */
                processes: components["schemas"]["ProcessView"][];
                queue: components["schemas"]["QueueView"];
                /** @description Migrations that this version knows and the database has not. */
                schema_pending: number;
                /** @description The newest migration that is in the database. */
                schema_version: string;
                version: string;
                /** @description Those alive first. */
                workers: components["schemas"]["WorkerView"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_TemplateDetail: {
            /** @description A template with its text. */
            data: components["schemas"]["TemplateView"] & {
                /** @description The same as a model. */
                definition: Record<string, never>;
                /** @description YAML, to be saved as a workflow of your own. */
                source: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_TestSummary: {
            /** @description A test of a pool. */
            data: {
                /** @description It stops in a moment. */
                cancelling: boolean;
                created_at: components["schemas"]["Timestamp"];
                /** Format: int32 */
                done: number;
                /** Format: int32 */
                failed: number;
                finished_at?: components["schemas"]["Timestamp"] | null;
                /** Format: uuid */
                id: string;
                judge?: string | null;
                /** Format: uuid */
                pool_id: string;
                state: components["schemas"]["TestState"];
                target: string;
                /**
                 * Format: int32
                 * @description Enabled proxies of the pool when it began.
                 */
                total: number;
                /** Format: int32 */
                worked: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_TestView: {
            /** @description A test as far as it is, and its first 200 results. */
            data: {
                results: components["schemas"]["TestedView"][];
                test: components["schemas"]["TestSummary"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_TriggerView: {
            /** @description One trigger of a workflow. */
            data: {
                /**
                 * @description Of an event or dataset: which of them start the workflow.
                 * @example ${{ trigger.event.payload.added > 0 }}
                 */
                condition?: string | null;
                /** @example 0 8 * * * */
                expression: string;
                /**
                 * Format: int64
                 * @description It asks for more: the plan has its runs at least so many seconds apart.
                 * @example 300
                 */
                held_to_seconds?: number | null;
                /** Format: uuid */
                id: string;
                /** @example cron */
                kind: string;
                misfire: components["schemas"]["Misfire"];
                /** @description The next ten; none while it is paused. */
                next_runs: components["schemas"]["Timestamp"][];
                overlap: components["schemas"]["Overlap"];
                paused: boolean;
                /** @example Asia/Shanghai */
                timezone: string;
                webhook?: components["schemas"]["HookView"] | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_UnreadView: {
            /** @description How many. */
            data: {
                /**
                 * Format: int32
                 * @description Up to 1000.
                 */
                unread: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_UsageView: {
            /** @description Use against limits, and by day. */
            data: {
                /** @description The oldest first; days without use are left out. */
                days: components["schemas"]["UsageDayView"][];
                limits: components["schemas"]["LimitUsageView"][];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_UserDetailView: {
            /** @description A user and what they hold. */
            data: components["schemas"]["ListedUserView"] & {
                /**
                 * Format: int64
                 * @description API keys that have not ended.
                 */
                api_keys: number;
                /**
                 * Format: int64
                 * @description Open sessions.
                 */
                sessions: number;
                /** @description A login asks for a second factor. */
                totp_enabled: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_UsersUsageView: {
            /** @description Somebody's plan and what they use of it. */
            data: {
                /** @description The oldest first; days without use are left out. */
                days: components["schemas"]["UsageDayView"][];
                limits: components["schemas"]["LimitUsageView"][];
                /**
                 * @description Code of the plan.
                 * @example basic
                 */
                plan: string;
                /**
                 * @description What it is called in the language of the request.
                 * @example Basic
                 */
                plan_name: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_VariableView: {
            /** @description A variable. */
            data: {
                created_at: components["schemas"]["Timestamp"];
                description?: string | null;
                /** @example region */
                name: string;
                updated_at: components["schemas"]["Timestamp"];
                value: unknown;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Vec_ActionDescriptor: {
            data: {
                description: string;
                /** @description JSON Schema (2020-12) of `with`. Values may be expressions; those are checked when run. */
                input_schema: Record<string, never>;
                /** @description What `uses:` names, such as `http.request`. */
                name: string;
                /** @description JSON Schema (2020-12) of the output. */
                output_schema: Record<string, never>;
                title: string;
            }[];
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Vec_DatasetWrites: {
            data: {
                /** Format: int64 */
                added: number;
                /** @description When it wrote last. */
                at: components["schemas"]["Timestamp"];
                /** Format: int64 */
                changed: number;
                /**
                 * @description Name of the dataset.
                 * @example books
                 */
                dataset: string;
                /**
                 * Format: int64
                 * @description The first of them.
                 */
                first_version: number;
                /**
                 * Format: int64
                 * @description The last of them.
                 */
                last_version: number;
                /** Format: int64 */
                removed: number;
                /**
                 * Format: int64
                 * @description How many versions it made.
                 */
                versions: number;
            }[];
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Vec_SavedViewView: {
            data: {
                created_at: components["schemas"]["Timestamp"];
                name: string;
                search: string;
            }[];
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Vec_TemplateView: {
            data: {
                /** @description Actions that it uses. */
                actions: string[];
                description?: string | null;
                /** @description Names it in addresses. */
                name: string;
                /** @description JSON Schema of what a run is given. */
                params: Record<string, never>;
            }[];
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Verdict: {
            /** @description What a check found. */
            data: {
                problems: components["schemas"]["ProblemView"][];
                /** @description It can be saved, though there may be warnings. */
                valid: boolean;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_VersionDetail: {
            /** @description The content of a version. */
            data: {
                /** @description The model as JSON. */
                definition: Record<string, never>;
                /** @description The text as it was saved. */
                source: string;
                /**
                 * Format: int32
                 * @example 3
                 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_WebhookDeliveryDetailView: {
            /** @description One message with its body and its latest attempts. */
            data: {
                /** @description The latest 100, the newest first. */
                attempts: components["schemas"]["WebhookAttemptView"][];
                /** @description As it is sent. */
                body: string;
                delivery: components["schemas"]["WebhookDeliveryView"];
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_WebhookDeliveryView: {
            /** @description One message and what became of it. */
            data: {
                /** Format: int32 */
                attempts: number;
                /**
                 * Format: uuid
                 * @description The automation that sends it; null of a test.
                 */
                automation_id?: string | null;
                created_at: components["schemas"]["Timestamp"];
                due_at?: components["schemas"]["Timestamp"] | null;
                ended_at?: components["schemas"]["Timestamp"] | null;
                /** @description Why the last attempt failed. */
                error?: string | null;
                /** Format: uuid */
                id: string;
                /**
                 * @description `type` of the message: the kind of the event.
                 * @example execution.finished
                 */
                kind: string;
                /**
                 * @description The message's `webhook-id`, the same for every attempt.
                 * @example msg_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b
                 */
                message_id: string;
                state: components["schemas"]["DeliveryState"];
                /**
                 * Format: int32
                 * @description HTTP status of the last answer.
                 */
                status?: number | null;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_WebhookEndpointView: {
            /** @description Where messages go. Its secret is not shown. */
            data: {
                created_at: components["schemas"]["Timestamp"];
                description: string;
                disabled_reason?: components["schemas"]["DisabledReason"] | null;
                enabled: boolean;
                failing_since?: components["schemas"]["Timestamp"] | null;
                /** Format: uuid */
                id: string;
                old_secret_until?: components["schemas"]["Timestamp"] | null;
                updated_at: components["schemas"]["Timestamp"];
                url: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_WebhookSecretView: {
            /** @description An endpoint with its secret, which is shown this once. */
            data: {
                endpoint: components["schemas"]["WebhookEndpointView"];
                /**
                 * @description As Standard Webhooks writes it: `whsec_` and base64.
                 * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                 */
                secret: string;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A success. */
        Envelope_Written: {
            /** @description What a batch did. */
            data: {
                /** Format: int64 */
                added: number;
                /**
                 * Format: uuid
                 * @description Of the held batch.
                 */
                batch_id?: string | null;
                breaches?: components["schemas"]["Breach"][];
                /** @description Keys of records that were there and are different now; the first thousand. */
                changed: string[];
                /** Format: int64 */
                changed_count: number;
                dataset: string;
                /** @description Nothing was published: the batch breaks the contract and waits for somebody to look at it. */
                held?: boolean;
                /**
                 * Format: int64
                 * @description Records in the dataset now.
                 */
                total: number;
                /** Format: int64 */
                unchanged: number;
                /** Format: int64 */
                version: number;
            };
            /** @example 操作成功 */
            message: string;
            /** @example req_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b */
            request_id: string;
            /** @example true */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description An error. */
        ErrorEnvelope: {
            details: Record<string, never>;
            /** @description Stable code, such as `VALIDATION_ERROR`. */
            error: string;
            message: string;
            request_id: string;
            /** @example false */
            success: boolean;
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A kind of event. */
        EventKindView: {
            /** @description Fields of `trigger.event.payload`. */
            fields: string[];
            /** @example execution.finished */
            kind: string;
            title: string;
        };
        /** @description The kinds that people most often listen to. */
        EventKindsView: {
            items: components["schemas"]["EventKindView"][];
        };
        /**
         * @description How far an event came.
         * @enum {string}
         */
        EventReached: "waiting" | "delivered" | "parked";
        /** @description An execution whose end was asked for. */
        ExecutionCancelView: {
            /** Format: uuid */
            id: string;
            status: components["schemas"]["ExecutionStatus"];
        };
        /** @description An execution with its steps. */
        ExecutionDetailView: components["schemas"]["ExecutionView"] & {
            /** @description What its steps used. Executions that it started have their own. */
            cost: components["schemas"]["Cost"];
            /**
             * Format: int64
             * @description Number of the last event: where `events` goes on.
             */
            last_event: number;
            outputs: unknown;
            params: Record<string, never>;
            steps: components["schemas"]["ExecutionStepView"][];
            /** @description What started it: `{"kind": "manual"}`. */
            trigger: Record<string, never>;
            /** @description Why it is not running, in a sentence. */
            waiting_reason?: string | null;
        };
        /** @description Why an execution did not succeed. */
        ExecutionError: {
            /** @description Stable upper-case code, such as `ROBOTS_DENIED` or `TIMED_OUT`. */
            code: string;
            message: string;
            /** @description The step that failed; absent when the run as a whole did. */
            step?: string | null;
        };
        /**
         * @description What an execution was started by.
         * @enum {string}
         */
        ExecutionOrigin: "manual" | "schedule" | "backfill" | "webhook" | "event" | "automation" | "workflow" | "spread" | "rerun";
        /** @description An execution that was asked for. */
        ExecutionStartedView: {
            /** Format: uuid */
            id: string;
            status: components["schemas"]["ExecutionStatus"];
        };
        /**
         * @description Where an execution stands: `pending → running ⇄ waiting → succeeded | failed | cancelled |
         *     timed_out`.
         * @enum {string}
         */
        ExecutionStatus: "pending" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "timed_out";
        /** @description One step of an execution. */
        ExecutionStepView: {
            /** @description The newest fifty. */
            attempt_list: components["schemas"]["AttemptView"][];
            /**
             * Format: int32
             * @description How many attempts there were.
             */
            attempts: number;
            /**
             * Format: int32
             * @description Of a step with `for_each`, the first item that does.
             */
            awaits_item?: number | null;
            /** @description It waits for somebody's signal. */
            awaits_signal: boolean;
            /** @description What all its attempts used. What a process had used of an attempt when it died is not in it. */
            cost: components["schemas"]["Cost"];
            error?: components["schemas"]["ActionErrorView"] | null;
            finished_at?: components["schemas"]["Timestamp"] | null;
            id: string;
            input?: unknown;
            items?: components["schemas"]["ItemCounts"] | null;
            output?: unknown;
            /**
             * @description `main`, `on_failure` or `finally`.
             * @example main
             */
            phase: string;
            progress?: components["schemas"]["StepProgressView"] | null;
            started_at?: components["schemas"]["Timestamp"] | null;
            status: components["schemas"]["StepStatus"];
            /** @example http.request */
            uses: string;
            waits_until?: components["schemas"]["Timestamp"] | null;
        };
        /** @description An execution in a list. */
        ExecutionView: {
            awaits?: components["schemas"]["AwaitedView"] | null;
            created_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            definition_id: string;
            definition_name: string;
            error?: components["schemas"]["ExecutionError"] | null;
            finished_at?: components["schemas"]["Timestamp"] | null;
            /** Format: uuid */
            id: string;
            labels: {
                [key: string]: string;
            };
            origin?: components["schemas"]["ExecutionOrigin"] | null;
            /**
             * Format: uuid
             * @description The execution that waits for its end, with `workflow.run`.
             */
            parent_id?: string | null;
            /** Format: int32 */
            priority: number;
            started_at?: components["schemas"]["Timestamp"] | null;
            status: components["schemas"]["ExecutionStatus"];
            /** Format: int32 */
            version: number;
        };
        /** @description What the pool would choose now. */
        ExplanationView: {
            /** @description Compared by score, the best first; empty for strategies without scores. */
            candidates: components["schemas"]["CandidateView"][];
            /** @example site.example:443 */
            host: string;
            host_breaker: components["schemas"]["BreakerView"];
            next_at?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: double
             * @description Share of successes that a new pair starts from.
             */
            prior: number;
            proxies: components["schemas"]["StandingView"];
            /** Format: uuid */
            proxy_id?: string | null;
            reason: string;
            /** @description Latest first. */
            recent: components["schemas"]["RecentChoiceView"][];
            session?: string | null;
            strategy: components["schemas"]["Strategy"];
            /**
             * Format: double
             * @description What an answer takes in the pool.
             */
            typical_ms: number;
            /**
             * @description `chosen`, `busy`, `host_rests` or `nobody`.
             * @example chosen
             */
            verdict: string;
        };
        /** @description One field before and after; absent where the record, or the field, was not there. */
        FieldChange: {
            after?: unknown;
            before?: unknown;
            field: string;
        };
        /** @description Figures of a field. */
        FieldStatistics: {
            /**
             * Format: int64
             * @description Different values, null aside.
             */
            distinct: number;
            /**
             * Format: int64
             * @description Records that were looked at.
             */
            examined: number;
            field: string;
            max: unknown;
            /** @description The least; of all records when the field is indexed. */
            min: unknown;
            /**
             * Format: int64
             * @description Among them, those in which the field is null or missing.
             */
            nulls: number;
            /** @description These were the newest, and not all. */
            sampled: boolean;
            /** @description The most frequent values. */
            top: components["schemas"]["Frequency"][];
        };
        /** @description An uploaded file. */
        FileView: {
            /** Format: int64 */
            bytes: number;
            created_at: components["schemas"]["Timestamp"];
            /** @description When it will be forgotten. */
            expires_at: components["schemas"]["Timestamp"];
            /** @description BLAKE3 of the content, in hex. */
            hash: string;
            /** Format: uuid */
            id: string;
            /** @description As its sender called it. */
            media_type: string;
            name: string;
        };
        /** @description Which executions are meant. */
        FilterBody: {
            /** @description Only those of which a step waits for somebody's signal; with `false` only the others. */
            awaits_signal?: boolean | null;
            created_before?: components["schemas"]["Timestamp"] | null;
            created_from?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: uuid
             * @description Only those of this workflow.
             */
            definition_id?: string | null;
            /**
             * @description Only those with this label, `name:value`.
             * @example team:books
             */
            label?: string | null;
            /** @description Part of the workflow's name, or the id of the execution. */
            q?: string | null;
            /**
             * @description Only those in this state.
             * @example failed
             */
            status?: string | null;
            trigger?: components["schemas"]["ExecutionOrigin"] | null;
        };
        /**
         * @description How far a firing is.
         * @enum {string}
         */
        FiringState: "pending" | "done" | "failed" | "held_back";
        /** @description What came of a rule at an event. */
        FiringView: {
            /** @description As they were done. */
            actions: components["schemas"]["AutomationAction"][];
            ended_at?: components["schemas"]["Timestamp"] | null;
            /** @description `id`, `kind`, `at` and `payload` of the event. */
            event: Record<string, never>;
            fired_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            /** @description In the order of the actions; null while one is not done. */
            outcomes: (components["schemas"]["ActionOutcome"] | null)[];
            /** @description Why it was held back, or could not begin. */
            reason?: string | null;
            state: components["schemas"]["FiringState"];
        };
        /** @description How often a value stands in a field. */
        Frequency: {
            /** Format: int64 */
            count: number;
            /** @description Of a long text its beginning. */
            value: unknown;
        };
        /** @description How long the proof is believed. */
        FreshView: {
            fresh_until: components["schemas"]["Timestamp"];
        };
        /** @description A held batch with some of its records. */
        HeldBatchView: {
            batch: components["schemas"]["HeldView"];
            /**
             * Format: int64
             * @description Hand this back as `from` for the records that follow.
             */
            next?: number | null;
            records: Record<string, never>[];
        };
        /**
         * @description What became of a held batch.
         * @enum {string}
         */
        HeldState: "held" | "released" | "discarded";
        /** @description A batch that was held back. */
        HeldView: {
            /** @description What it breaks. */
            breaches: components["schemas"]["Breach"][];
            decided_at?: components["schemas"]["Timestamp"] | null;
            /** Format: uuid */
            decided_by?: string | null;
            /** Format: uuid */
            execution_id?: string | null;
            held_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            mode: components["schemas"]["Mode"];
            /** Format: int64 */
            records: number;
            state: components["schemas"]["HeldState"];
            /** Format: uuid */
            user_id?: string | null;
            /**
             * Format: int64
             * @description Of the dataset, when its release changed something.
             */
            version?: number | null;
        };
        /** @description What a call led to. */
        HookReply: {
            error?: components["schemas"]["ExecutionError"] | null;
            /** Format: uuid */
            execution_id: string;
            /** @description Of an execution that has ended. */
            outputs?: Record<string, never> | null;
            status: components["schemas"]["ExecutionStatus"];
        };
        /** @description How a webhook is called. */
        HookView: {
            /**
             * @description Below the address of the API.
             * @example /workflow/hooks/3JYxD0sVb3rXkT9mQw5nPqLhUe8aZcRt
             */
            path: string;
            /**
             * @description Signs calls as Standard Webhooks says; absent when they are not signed.
             * @example whsec_…
             */
            secret?: string | null;
        };
        /** @description A decision about a host. What is left out is as for any other host. */
        HostChange: {
            /** @description Nothing is fetched from the host. */
            blocked?: boolean;
            /**
             * Format: int32
             * @description Requests at once, by all processes together.
             */
            parallel?: number | null;
            /**
             * @description Why; shown in the logs of steps.
             * @example agreed with the site's owner
             */
            reason: string;
            /**
             * Format: double
             * @description From 0.0001 to 100000, by all processes together.
             * @example 0.5
             */
            requests_per_second?: number | null;
            robots?: components["schemas"]["RobotsChoice"];
        };
        /** @description How a host is treated. */
        HostRuleView: {
            blocked: boolean;
            decided_at: components["schemas"]["Timestamp"];
            /** @description Name, or `name:port`. */
            host: string;
            /** Format: int32 */
            parallel?: number | null;
            reason: string;
            /**
             * Format: double
             * @description Null: as for any other host.
             */
            requests_per_second?: number | null;
            robots: components["schemas"]["RobotsChoice"];
        };
        /** @description A host the pool was used for. */
        HostView: {
            breaker: components["schemas"]["BreakerView"];
            /** Format: int64 */
            failures: number;
            first_used_at: components["schemas"]["Timestamp"];
            /**
             * @description `name:port`.
             * @example site.example:443
             */
            host: string;
            /** Format: uuid */
            id: string;
            last_used_at: components["schemas"]["Timestamp"];
            /**
             * Format: double
             * @description Mean over its proxies.
             */
            latency_ms?: number | null;
            /**
             * Format: int64
             * @description Proxies that were used for it.
             */
            proxies: number;
            /**
             * Format: int64
             * @description Throttled or challenged.
             */
            refused: number;
            /** Format: int64 */
            requests: number;
            /**
             * Format: int64
             * @description Of them, those that may not be used for it for now.
             */
            resting: number;
            /** Format: int64 */
            successes: number;
        };
        /** @description What became of a file. */
        ImportReport: {
            /** Format: int64 */
            added: number;
            /**
             * Format: int64
             * @description Lines that are no record, and were left out.
             */
            bad: number;
            /** @description The first hundred of them. */
            bad_lines: components["schemas"]["BadLine"][];
            /** Format: int64 */
            changed: number;
            /** @description Batches that were held back. */
            held: string[];
            /**
             * Format: int64
             * @description Lines that are records.
             */
            records: number;
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            unchanged: number;
            /** Format: int64 */
            version: number;
        };
        /** @description Proxies to be added, one a line. */
        ImportText: {
            scheme?: components["schemas"]["ProxyScheme"] | null;
            /**
             * @description `scheme://user:pass@host:port`, `host:port:user:pass`, `user:pass:host:port`, `host:port`
             *     or columns (`host,port,user,pass`); blank lines and what follows `#` are passed over. At
             *     most 10,000 lines and 2 MiB.
             * @example http://user:secret@203.0.113.7:8080
             *     203.0.113.8:3128
             */
            text: string;
        };
        /** @description What became of an import. */
        ImportView: {
            /** Format: int64 */
            added: number;
            /**
             * Format: int64
             * @description Lines that repeat another line or a proxy the pool had already.
             */
            duplicates: number;
            rejected: components["schemas"]["RejectedView"][];
        };
        /**
         * @description Whether a field can be sorted by and is found quickly.
         * @enum {string}
         */
        IndexState: "none" | "building" | "ready";
        /**
         * @description How often a price is paid.
         * @enum {string}
         */
        Interval: "month" | "year";
        /** @description Something that must always hold. */
        InvariantView: {
            /**
             * Format: int64
             * @description How many things broke it when it was checked last; 0 is well.
             */
            broken: number;
            checked_at: components["schemas"]["Timestamp"];
            /** @example lease_alive */
            name: string;
        };
        /**
         * @description What brought it about.
         * @enum {string}
         */
        InvoiceReason: "subscribed" | "renewed" | "upgraded";
        /**
         * @description What became of it.
         * @enum {string}
         */
        InvoiceStatus: "open" | "paid" | "uncollectible";
        /** @description What is owed, or was. */
        InvoiceView: {
            /**
             * Format: int64
             * @description Taken from your credit.
             */
            credit_minor: number;
            /**
             * Format: int64
             * @description Taken back by credit notes.
             */
            credited_minor: number;
            currency: components["schemas"]["Currency"];
            due_at: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description What is still to be paid: the total less the three above.
             */
            due_minor: number;
            /** Format: uuid */
            id: string;
            issued_at: components["schemas"]["Timestamp"];
            lines: components["schemas"]["LineView"][];
            /** @example INV-00000001 */
            number: string;
            /** Format: int64 */
            paid_minor: number;
            reason: components["schemas"]["InvoiceReason"];
            /**
             * Format: int64
             * @description Of what was paid, given back or on its way.
             */
            refunded_minor: number;
            settled_at?: components["schemas"]["Timestamp"] | null;
            status: components["schemas"]["InvoiceStatus"];
            /** Format: uuid */
            subscription_id: string;
            /** Format: int64 */
            tax_minor: number;
            /**
             * Format: int64
             * @description The sum of the lines, tax included.
             */
            total_minor: number;
        };
        /** @description Items of a step with `for_each`. */
        ItemCounts: {
            /** Format: int32 */
            failed: number;
            /** Format: int32 */
            running: number;
            /** Format: int32 */
            succeeded: number;
            /** Format: int32 */
            total: number;
        };
        /** @description Why an item failed, in short. */
        ItemErrorView: {
            /** @example HTTP_STATUS */
            code: string;
            /** @description Its first 300 characters. */
            message: string;
        };
        /** @description An event of the journal. */
        JournalEntry: {
            at: components["schemas"]["Timestamp"];
            /** @description As it was written, with `***` for secrets. */
            body: Record<string, never>;
            /** @example step.succeeded */
            kind: string;
            /**
             * Format: int64
             * @description Its number; they go up by one from 1.
             */
            seq: number;
            /** @description Large values are not in `body` here; the event asked for by its number has them. */
            shortened: boolean;
        };
        /** @description Another name. */
        KeyNameBody: {
            /** @example build server */
            name: string;
        };
        /** @description How many paid periods a discount lasts. */
        Lasts: "once" | {
            /** Format: int32 */
            periods: number;
        } | "forever";
        /** @description Use of one limit. */
        LimitUsageView: {
            /**
             * Format: int64
             * @description Absent when there is no limit.
             */
            allowed?: number | null;
            /**
             * @description `executions_per_month`, `pages_per_month`, `concurrent_executions`, `proxies`, `dataset_records`.
             * @example executions_per_month
             */
            limit: string;
            resets_at?: components["schemas"]["Timestamp"] | null;
            /** Format: int64 */
            used: number;
        };
        /**
         * @description What a line is for.
         * @enum {string}
         */
        LineKind: "subscription" | "proration_charge" | "proration_credit" | "discount" | "tax";
        /** @description A part of an invoice. */
        LineView: {
            /**
             * Format: int64
             * @description In the currency's minor unit (fen); below zero for what is taken off.
             */
            amount_minor: number;
            from?: components["schemas"]["Timestamp"] | null;
            kind: components["schemas"]["LineKind"];
            /**
             * @description Code of the plan; absent for tax.
             * @example basic
             */
            plan?: string | null;
            until?: components["schemas"]["Timestamp"] | null;
        };
        /** @description A row of the list. */
        ListedUserView: components["schemas"]["ManagedUserView"] & {
            last_login_at?: components["schemas"]["Timestamp"] | null;
        };
        /**
         * @description Language of messages and mails.
         * @enum {string}
         */
        Locale: "zh-CN" | "en";
        /**
         * @description Level of a step's log line.
         * @enum {string}
         */
        LogLevel: "debug" | "info" | "warn" | "error";
        /** @description One line of an execution's log. */
        LogLine: {
            at: components["schemas"]["Timestamp"];
            fields: unknown;
            /** Format: int32 */
            item?: number | null;
            level: components["schemas"]["LogLevel"];
            message: string;
            step?: string | null;
        };
        /** @description Something that happened. */
        LoggedEventView: {
            aggregate: string;
            aggregate_id: string;
            /**
             * Format: int32
             * @description Failed attempts to handle it.
             */
            attempts: number;
            /** @description Why the last attempt failed. */
            error?: string | null;
            /** Format: uuid */
            id: string;
            /** @example user.logged_in */
            kind: string;
            occurred_at: components["schemas"]["Timestamp"];
            /** @description What the event says; its form depends on the kind. */
            payload: Record<string, never>;
            request_id?: string | null;
            state: components["schemas"]["EventReached"];
            /** Format: uuid */
            user_id?: string | null;
        };
        /** @description Who wants in. */
        LoginBody: {
            /**
             * @description User name or e-mail address.
             * @example ann
             */
            identifier: string;
            /** Format: password */
            password: string;
            /** @description Instead of `totp`. */
            recovery_code?: string | null;
            /**
             * @description Six digits that your authenticator shows, when one is enrolled.
             * @example 012345
             */
            totp?: string | null;
        };
        /** @description An event that is made up. */
        MadeUpEvent: {
            /** @example execution.finished */
            kind: string;
            payload: Record<string, never>;
        };
        /** @description A user as those see them who look after all. */
        ManagedUserView: components["schemas"]["UserView"] & {
            status: components["schemas"]["UserStatus"];
        };
        /** @description Oneself, and how the account is guarded. */
        MeView: components["schemas"]["OneselfView"] & {
            delete_at?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int64
             * @description 0 to 10.
             * @example 10
             */
            recovery_codes_left: number;
            /** @description Signing in asks for an authenticator's code. */
            totp_enabled: boolean;
        };
        /**
         * @description What happens to ticks that fell due while nobody was there.
         * @enum {string}
         */
        Misfire: "skip" | "once" | "all";
        /**
         * @description How a batch is written.
         * @enum {string}
         */
        Mode: "upsert" | "insert" | "append";
        /** @description An amount in the currency's minor unit (fen, cents). */
        Money: {
            /** Format: int64 */
            amount_minor: number;
            currency: components["schemas"]["Currency"];
        };
        /** @description A trigger, the workflow it starts, and its times of the range. */
        NamedCalendarView: {
            calendar: components["schemas"]["CalendarView"];
            trigger: components["schemas"]["NamedTriggerView"];
        };
        /** @description A trigger and the workflow it starts. */
        NamedTriggerView: components["schemas"]["TriggerView"] & {
            /** Format: uuid */
            definition_id: string;
            /** @example rankings */
            definition_name: string;
        };
        /** @description Somebody, with the name they have today; null when there is no such user any more. */
        NamedView: {
            /** Format: uuid */
            id: string;
            username?: string | null;
        };
        /** @description A new key. */
        NewApiKeyView: {
            api_key: components["schemas"]["ApiKeyView"];
            /** @description Sent as `Authorization: Bearer …`. It is shown this once. */
            key: string;
        };
        /** @description A key to be made. */
        NewKeyBody: {
            expires_at?: components["schemas"]["Timestamp"] | null;
            /**
             * @description 1 to 60 characters.
             * @example build server
             */
            name: string;
            /**
             * @description What the key may do: permissions that your role grants too.
             * @example [
             *       "workflow:read",
             *       "workflow:run"
             *     ]
             */
            scopes: components["schemas"]["Permission"][];
        };
        /** @description A new link with its token, which is shown this once. */
        NewShareView: {
            share: components["schemas"]["ShareView"];
            /**
             * @description Goes into `/shared/datasets/{token}`.
             * @example wps_…
             */
            token: string;
        };
        /** @description A note. */
        NotificationView: {
            /**
             * Format: uuid
             * @description The automation that left it, unless the platform did.
             */
            automation_id?: string | null;
            body: string;
            created_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            read_at?: components["schemas"]["Timestamp"] | null;
            title: string;
        };
        /** @description What is taken off a price. */
        Off: {
            /**
             * Format: int32
             * @description 1 to 100.
             */
            percent: number;
        } | {
            /** @description So much of a price in its currency, and at most all of it. */
            amount: components["schemas"]["Money"];
        };
        /** @description A record, now or at a version. */
        OneRecord: {
            created_at?: components["schemas"]["Timestamp"] | null;
            data: Record<string, never>;
            key: string;
            seen_at?: components["schemas"]["Timestamp"] | null;
            updated_at?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int64
             * @description Of the dataset, when the record last changed; of a former one, the version asked for.
             */
            version: number;
        };
        /** @description Somebody themselves, with what they may do. */
        OneselfView: components["schemas"]["UserView"] & {
            /** @description What the role grants and, for a key, its scopes cover. */
            permissions: components["schemas"]["Permission"][];
        };
        /** @description Events on their way. */
        OutboxView: {
            /**
             * Format: double
             * @description Age of the oldest event that is not handled.
             */
            lag_seconds: number;
            /**
             * Format: int64
             * @description Put aside until somebody looks at them.
             */
            parked: number;
            /**
             * Format: int64
             * @description Not handled yet, up to 100,000.
             */
            waiting: number;
        };
        /**
         * @description What a tick does while an execution of the same trigger has not ended.
         * @enum {string}
         */
        Overlap: "queue" | "skip" | "cancel_running";
        /**
         * @description What a code is good for that somebody signed in asks for.
         * @enum {string}
         */
        OwnPurpose: "change_email" | "sensitive_action";
        /** @description Somebody's invoice. */
        OwnedInvoiceView: components["schemas"]["InvoiceView"] & {
            /** Format: uuid */
            user_id: string;
        };
        /** @description A page that was fetched. */
        PageView: {
            /**
             * Format: int64
             * @description Of the content.
             */
            bytes: number;
            /** @description Name of the encoding it is read in. */
            charset: string;
            content_type?: string | null;
            fetched_at: components["schemas"]["Timestamp"];
            /** @description BLAKE3 of the content, in hex. */
            hash: string;
            /** @description Those that say something of the page; repeated ones as one. */
            headers: {
                [key: string]: string;
            };
            /** Format: uuid */
            id: string;
            /** Format: int32 */
            status: number;
            /** @description Where it came from, after redirects. */
            url: string;
        };
        /** @description One proxy on one host. */
        PairView: {
            /** @description `scheme://host:port`. */
            address: string;
            /**
             * Format: double
             * @description Failures, likewise.
             */
            bad: number;
            breaker: components["schemas"]["BreakerView"];
            /** Format: int64 */
            failures: number;
            /**
             * Format: double
             * @description Successes with exponential decay, half of them forgotten in 30 minutes.
             */
            good: number;
            last_used_at: components["schemas"]["Timestamp"];
            /** Format: double */
            latency_ms?: number | null;
            /** Format: uuid */
            proxy_id: string;
            /** Format: int64 */
            refused: number;
            /** Format: int64 */
            requests: number;
            /** Format: int64 */
            successes: number;
        };
        /** @description An event that could not be handled. */
        ParkedEventView: {
            aggregate: string;
            aggregate_id: string;
            /** Format: int32 */
            attempts: number;
            /** @description Why the last attempt failed. */
            error: string;
            /** Format: uuid */
            id: string;
            /** @example user.password_changed */
            kind: string;
            occurred_at: components["schemas"]["Timestamp"];
            parked_at: components["schemas"]["Timestamp"];
            /** @description What the event says; its form depends on the kind. */
            payload: Record<string, never>;
            request_id?: string | null;
            /** Format: uuid */
            user_id?: string | null;
        };
        /**
         * @description What became of a payment.
         * @enum {string}
         */
        PaymentStatus: "pending" | "succeeded" | "failed" | "expired";
        /** @description An attempt to pay an invoice. */
        PaymentView: {
            /**
             * Format: int64
             * @description In the currency's minor unit (fen).
             */
            amount_minor: number;
            created_at: components["schemas"]["Timestamp"];
            currency: components["schemas"]["Currency"];
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            invoice_id: string;
            status: components["schemas"]["PaymentStatus"];
            /**
             * @description Where to pay.
             * @example https://checkout.stripe.com/c/pay/cs_test_a1
             */
            url?: string | null;
        };
        /**
         * @description What somebody may do.
         * @enum {string}
         */
        Permission: "profile:read" | "profile:write" | "workflow:read" | "workflow:write" | "workflow:run" | "proxy:read" | "proxy:write" | "proxy:use" | "dataset:read" | "dataset:write" | "automation:read" | "automation:write" | "subscription:read" | "subscription:write" | "users:read" | "users:write" | "users:roles" | "plans:write" | "billing:read" | "billing:write" | "audit:read" | "system:read" | "system:write";
        /** @description Another plan. */
        PlanBody: {
            interval?: components["schemas"]["Interval"] | null;
            /** @example pro */
            plan: string;
        };
        /** @description `None` is unlimited. */
        PlanEntitlements: {
            /**
             * Format: int64
             * @description Executions that are not finished at one time.
             */
            concurrent_executions?: number | null;
            /** Format: int64 */
            dataset_records?: number | null;
            /** Format: int64 */
            executions_per_month?: number | null;
            /**
             * Format: int64
             * @description How much of it is kept, in bytes of its journals; the oldest goes first.
             */
            history_bytes?: number | null;
            /**
             * Format: int64
             * @description How long the history of executions is kept.
             */
            history_days?: number | null;
            /**
             * Format: int64
             * @description Collected pages.
             */
            pages_per_month?: number | null;
            /** Format: int64 */
            proxies?: number | null;
            /**
             * Format: int64
             * @description Shortest time between two runs of a schedule.
             */
            schedule_interval_seconds?: number | null;
        };
        /** @description A version of a plan. */
        PlanOfferBody: {
            entitlements: components["schemas"]["PlanEntitlements"];
            /** @example Pro */
            name_en: string;
            /** @example 专业版 */
            name_zh: string;
            prices: components["schemas"]["PriceBody"][];
            /**
             * Format: int32
             * @description Higher plans have higher ranks.
             */
            rank: number;
        };
        /** @description One version of a plan. */
        PlanView: {
            /** @example basic */
            code: string;
            entitlements: components["schemas"]["PlanEntitlements"];
            /** @description In the caller's language. */
            name: string;
            prices: components["schemas"]["Price"][];
            /** Format: int32 */
            version: number;
        };
        /** @description A proxy pool. */
        PoolView: {
            /**
             * Format: int64
             * @description Seconds.
             */
            check_every?: number | null;
            created_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            judge?: string | null;
            name: string;
            /** Format: int32 */
            parallel_limit: number;
            /**
             * Format: int64
             * @description How many proxies it has.
             */
            proxies: number;
            states: components["schemas"]["StatesView"];
            /**
             * Format: int64
             * @description Seconds.
             */
            sticky_ttl: number;
            /** Format: int32 */
            sticky_uses?: number | null;
            strategy: components["schemas"]["Strategy"];
            test_target?: string | null;
        };
        /** @description What a plan costs for one interval. */
        Price: {
            /**
             * Format: int64
             * @description In the currency's minor unit (fen).
             */
            amount_minor: number;
            currency: components["schemas"]["Currency"];
            interval: components["schemas"]["Interval"];
        };
        /** @description What a plan costs for one interval. */
        PriceBody: {
            /**
             * Format: int64
             * @description In the currency's minor unit (fen).
             */
            amount_minor: number;
            currency: components["schemas"]["Currency"];
            interval: components["schemas"]["Interval"];
        };
        /** @description A problem of a definition, in the language of the request. */
        ProblemView: {
            /** @example UNKNOWN_ACTION */
            code: string;
            /**
             * Format: int32
             * @description From 1.
             */
            column?: number | null;
            /**
             * Format: int32
             * @description From 1; absent when the definition came as a model.
             */
            line?: number | null;
            message: string;
            /** @example steps[2].with.url */
            path: string;
            severity: components["schemas"]["Severity"];
        };
        /** @description A process of the platform. */
        ProcessView: {
            /** @description A sign of life came within the last 35 seconds, and it did not leave. */
            alive: boolean;
            /** @description It gave this answer. */
            current: boolean;
            /** Format: uuid */
            id: string;
            last_seen_at: components["schemas"]["Timestamp"];
            /**
             * @description Name of the machine and number of the process.
             * @example app-1:4711
             */
            name: string;
            /**
             * @description `all` answers and works, `api` answers, `worker` works.
             * @example all
             */
            role: string;
            started_at: components["schemas"]["Timestamp"];
            version: string;
        };
        /** @description What may be changed about oneself. */
        ProfileBody: {
            locale?: components["schemas"]["Locale"] | null;
            /**
             * @description 3 to 32 letters, digits, `.`, `_` or `-`, beginning with a letter.
             * @example ann
             */
            username?: string | null;
        };
        /**
         * @description Protocol spoken with a proxy.
         * @enum {string}
         */
        ProxyScheme: "http" | "https" | "socks5";
        /** @description A proxy. Credentials are never shown again. */
        ProxyView: {
            /** @description `scheme://host:port`. */
            address: string;
            anonymity?: components["schemas"]["Anonymity"] | null;
            /** Format: int64 */
            bytes: number;
            checked_at?: components["schemas"]["Timestamp"] | null;
            cool_down_until?: components["schemas"]["Timestamp"] | null;
            /** Format: double */
            cost: number;
            created_at: components["schemas"]["Timestamp"];
            enabled: boolean;
            /** @description The address its requests come from. */
            exit_address?: string | null;
            /** Format: int64 */
            failures: number;
            has_credentials: boolean;
            host: string;
            /** Format: uuid */
            id: string;
            label?: string | null;
            last_error?: string | null;
            last_used_at?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: double
             * @description Weighted mean of recent answers.
             */
            latency_ms?: number | null;
            /** Format: int32 */
            port: number;
            /** Format: int64 */
            requests: number;
            retires_at?: components["schemas"]["Timestamp"] | null;
            /** @example http */
            scheme: string;
            /**
             * Format: uuid
             * @description The provider's list that it comes from.
             */
            source_id?: string | null;
            /** @description `unknown`, `healthy`, `degraded` or `quarantined`. */
            state: string;
            /** Format: int64 */
            successes: number;
        };
        /**
         * @description What a code is good for that anybody may ask for.
         * @enum {string}
         */
        PublicPurpose: "register" | "reset_password";
        /** @description Executions that have not ended, by where they are; each counted up to 100,000. */
        QueueView: {
            /**
             * Format: int64
             * @description With a worker.
             */
            leased: number;
            /**
             * Format: int64
             * @description Until a signal, an approval or another execution's end.
             */
            letter: number;
            oldest_ready_at?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int64
             * @description In the queue.
             */
            ready: number;
            /**
             * Format: int64
             * @description Until a time.
             */
            timer: number;
        };
        /** @description What an upgrade would cost if it were made now. */
        QuoteView: {
            /**
             * Format: int64
             * @description What would be taken from your credit.
             */
            credit_minor: number;
            /**
             * Format: int64
             * @description What would be left to pay.
             */
            due_minor: number;
            interval?: components["schemas"]["Interval"] | null;
            lines: components["schemas"]["LineView"][];
            period_ends_at?: components["schemas"]["Timestamp"] | null;
            /** @example pro */
            plan: string;
            /** Format: int64 */
            total_minor: number;
        };
        /** @description How many were not read before. */
        ReadView: {
            /** Format: int64 */
            read: number;
        };
        /** @description What is wrong, with the numbers that say so. Shares are between 0 and 1. */
        Reason: {
            /** @enum {string} */
            code: "too_few";
            /** Format: int64 */
            least: number;
            /** Format: int64 */
            records: number;
        } | {
            /** @enum {string} */
            code: "too_many";
            /** Format: int64 */
            most: number;
            /** Format: int64 */
            records: number;
        } | {
            /** Format: int64 */
            before: number;
            /** @enum {string} */
            code: "fewer";
            /** Format: double */
            drop: number;
            /** Format: double */
            most: number;
            /** Format: int64 */
            records: number;
        } | {
            /** @enum {string} */
            code: "missing";
            /** Format: double */
            most: number;
            /** Format: int64 */
            of: number;
            /** Format: int64 */
            records: number;
        } | {
            /** @enum {string} */
            code: "repeated";
        } | {
            /** @enum {string} */
            code: "absent";
        } | {
            /** @enum {string} */
            code: "wrong_type";
            declared: components["schemas"]["ColumnType"];
            found: components["schemas"]["ColumnType"];
        };
        /** @description A choice that was made for the host lately, by this process. */
        RecentChoiceView: {
            at: components["schemas"]["Timestamp"];
            compared: number;
            /** Format: uuid */
            proxy_id: string;
            reason: string;
            /** Format: double */
            score?: number | null;
            session?: string | null;
        };
        /** @description One of the last executions of a definition. */
        RecentRunView: {
            created_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            status: components["schemas"]["ExecutionStatus"];
            /**
             * Format: int64
             * @description Milliseconds since it was started; absent until it has ended.
             * @example 1840
             */
            took_ms?: number | null;
        };
        /** @description What does not add up; all is nothing when the books are right. */
        ReconciliationView: {
            balanced: boolean;
            /**
             * Format: int64
             * @description Customers whose credit is not what their entries come to.
             */
            credits_off: number;
            /**
             * Format: int64
             * @description Customers whose invoices are not what their receivables come to.
             */
            invoices_off: number;
            /**
             * Format: int64
             * @description Numbers of documents that are missing.
             */
            missing_numbers: number;
            /**
             * Format: int64
             * @description Customers whose refunds under way are not what their entries come to.
             */
            refunds_off: number;
            /**
             * Format: int64
             * @description Postings whose entries do not add up to nothing.
             */
            unbalanced_postings: number;
        };
        /** @description Ten codes, each good for one sign-in without the authenticator. They are not shown again. */
        RecoveryCodesView: {
            /**
             * @example [
             *       "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ"
             *     ]
             */
            recovery_codes: string[];
        };
        /** @description A refresh token. */
        RefreshBody: {
            refresh_token: string;
        };
        /** @description What is to be given back. */
        RefundBody: {
            /**
             * Format: int64
             * @description In the currency's minor unit (fen); all that is left, unless given.
             * @example 1000
             */
            amount_minor?: number | null;
            /**
             * @description Stands on the credit note.
             * @example goodwill
             */
            reason: string;
        };
        /**
         * @description What became of a refund.
         * @enum {string}
         */
        RefundStatus: "pending" | "succeeded" | "failed";
        /** @description Money given back. */
        RefundView: {
            /** Format: int64 */
            amount_minor: number;
            created_at: components["schemas"]["Timestamp"];
            /**
             * Format: uuid
             * @description Absent when all of it was to the customer's credit before.
             */
            credit_note_id?: string | null;
            currency: components["schemas"]["Currency"];
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            invoice_id: string;
            /**
             * Format: uuid
             * @description The payment that the provider gives back; absent when it is done by hand.
             */
            payment_id?: string | null;
            reason: string;
            settled_at?: components["schemas"]["Timestamp"] | null;
            status: components["schemas"]["RefundStatus"];
            /** Format: uuid */
            user_id: string;
        };
        /** @description An account to be made. */
        RegisterBody: {
            /**
             * @description Six digits from the mail.
             * @example 012345
             */
            code: string;
            /** @example ann@example.com */
            email: string;
            /**
             * Format: password
             * @description 8 to 128 characters, not easy to guess.
             */
            password: string;
            /**
             * @description 3 to 32 letters, digits, `.`, `_` or `-`, beginning with a letter.
             * @example ann
             */
            username: string;
        };
        /** @description The new account. */
        RegisteredView: {
            user: components["schemas"]["UserView"];
        };
        /** @description A line that was not added. */
        RejectedView: {
            /**
             * Format: int32
             * @description From 1.
             */
            line: number;
            reason: string;
            /** @description The line with credentials masked. */
            text: string;
        };
        /** @description Keys of records. */
        RemoveRecords: {
            /** @description 1 to 1000; those that are not there are left out. */
            keys: string[];
        };
        /** @description What was removed. */
        Removed: {
            /** Format: int64 */
            removed: number;
            /**
             * Format: int64
             * @description Records in the dataset now.
             */
            total: number;
            /** Format: int64 */
            version: number;
        };
        /**
         * @description From where and with what it runs again.
         * @example {
         *       "from_step": "books"
         *     }
         */
        RerunBody: {
            /**
             * @description The first step to run; steps that do not wait for it keep their recorded results. All
             *     steps run unless it is given.
             */
            from_step?: string | null;
            /** @description Instead of those of the execution. */
            params?: Record<string, never> | null;
            /**
             * Format: int32
             * @description Of the workflow, instead of that of the execution.
             */
            version?: number | null;
        };
        /** @description A new password for somebody who has forgotten theirs. */
        ResetPasswordBody: {
            /**
             * @description Six digits from the mail.
             * @example 012345
             */
            code: string;
            /** @example ann@example.com */
            email: string;
            /**
             * Format: password
             * @description 8 to 128 characters, not easy to guess.
             */
            new_password: string;
        };
        /** @description Results in the order in which they came; ask for what follows with the last `seq` as `after`. */
        ResultsView: {
            items: components["schemas"]["TestedView"][];
        };
        /** @description What is kept of a dataset, and how long. What is absent is kept. */
        Retention: {
            /**
             * Format: int32
             * @description Records that no batch held for so many days are removed, 1 to 3650.
             * @default null
             */
            days: number | null;
            /**
             * Format: int32
             * @description Changes older than so many days are forgotten, 1 to 3650.
             * @default null
             */
            history_days: number | null;
            /**
             * Format: int64
             * @description Of more records than this, those that came first are removed, at least 1.
             * @default null
             */
            records: number | null;
        };
        /** @description The next version of a definition, as text or as its model: one of the two. */
        RevisionBody: {
            /** @description The model as JSON. */
            definition?: Record<string, never> | null;
            /**
             * Format: int32
             * @description The version it was made from: the answer is `DEFINITION_CHANGED` when there is a newer one.
             * @example 3
             */
            from?: number | null;
            /**
             * @description What is said of the version in the list of versions.
             * @example Follow the site's new address
             */
            message?: string | null;
            /** @description YAML or JSON text. */
            source?: string | null;
        };
        /**
         * @description Whether robots.txt of a host is heeded.
         * @enum {string}
         */
        RobotsChoice: "obey" | "ignore";
        /**
         * @description A person's rank. Each contains the permissions of the ones below.
         * @enum {string}
         */
        Role: "user" | "admin" | "super_admin";
        /** @description A new role. */
        RoleBody: {
            role: components["schemas"]["Role"];
        };
        /**
         * @description A rule of a [`Contract`].
         * @enum {string}
         */
        Rule: "least_records" | "most_records" | "most_nulls" | "unique" | "schema" | "largest_drop";
        /** @description A filter to be kept. */
        SavedViewBody: {
            /**
             * @description The query of the page, without the question mark.
             * @example status=failed
             */
            search: string;
        };
        /** @description A filter under a name. */
        SavedViewView: {
            created_at: components["schemas"]["Timestamp"];
            name: string;
            search: string;
        };
        /**
         * @description A secret to be kept.
         * @example {
         *       "value": "s3cr3t",
         *       "description": "Key of the shop's API"
         *     }
         */
        SecretBody: {
            description?: string | null;
            /** @description 1 byte to 64 KiB. */
            value: string;
        };
        /** @description A secret. Its value is shown to nobody. */
        SecretView: {
            created_at: components["schemas"]["Timestamp"];
            description?: string | null;
            /** @example SHOP_API_KEY */
            name: string;
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description An address to send a code to. */
        SendCode: {
            /** @example ann@example.com */
            email: string;
            purpose: components["schemas"]["PublicPurpose"];
        };
        /** @description What somebody signed in wants a code for. */
        SendOwnCode: {
            /**
             * @description The address you want to have, for `change_email` alone. Codes for `sensitive_action` go to
             *     your own.
             * @example ann@new.example
             */
            email?: string | null;
            purpose: components["schemas"]["OwnPurpose"];
        };
        /** @description A session that has not ended. */
        SessionView: {
            /**
             * @description Where the login came from, IPv4 or IPv6.
             * @example 192.0.2.7
             */
            address?: string | null;
            created_at: components["schemas"]["Timestamp"];
            /** @description It is the one of this request. */
            current: boolean;
            expires_at: components["schemas"]["Timestamp"];
            /** Format: uuid */
            id: string;
            /**
             * @description Where its tokens were last refreshed from.
             * @example 192.0.2.7
             */
            last_address?: string | null;
            /** @description When its tokens were last refreshed. */
            last_used_at: components["schemas"]["Timestamp"];
            /** @description The `User-Agent` of the login. */
            user_agent?: string | null;
        };
        /**
         * @description What a status may be set to.
         * @enum {string}
         */
        SettableStatus: "active" | "suspended";
        /**
         * @description How bad a problem is.
         * @enum {string}
         */
        Severity: "error" | "warning";
        /** @description A link. */
        ShareView: {
            /** @description Columns that are shown; all when null. */
            columns?: string[] | null;
            created_at: components["schemas"]["Timestamp"];
            expires_at?: components["schemas"]["Timestamp"] | null;
            /** Format: uuid */
            id: string;
            label: string;
            revoked_at?: components["schemas"]["Timestamp"] | null;
            used_at?: components["schemas"]["Timestamp"] | null;
        };
        /** @description A dataset as a link shows it. */
        SharedDataset: {
            columns: components["schemas"]["ColumnView"][];
            description: string;
            expires_at?: components["schemas"]["Timestamp"] | null;
            name: string;
            /** Format: int64 */
            records: number;
            updated_at: components["schemas"]["Timestamp"];
            /** Format: int64 */
            version: number;
        };
        /**
         * @description What is told to a step that waits for a signal.
         * @example {
         *       "decision": "approve",
         *       "data": {
         *         "note": "looks good"
         *       }
         *     }
         */
        SignalBody: {
            /** @description `steps.<id>.output.data`; up to 64 KiB. */
            data?: unknown;
            decision?: components["schemas"]["SignalDecision"] | null;
            /**
             * Format: int32
             * @description Number of the item, from 0, of a step with `for_each`.
             */
            item?: number | null;
            /** @description May be left out when one step waits. */
            step?: string | null;
        };
        /**
         * @description What an approver says.
         * @enum {string}
         */
        SignalDecision: "approve" | "reject";
        /** @description The step that takes the signal. */
        SignalView: {
            step: string;
        };
        /** @description Fresh tokens. */
        SignedInView: {
            access_token: string;
            /**
             * Format: int64
             * @description Life of the access token in seconds.
             * @example 1800
             */
            expires_in: number;
            refresh_token: string;
            /**
             * @description Always `Bearer`.
             * @example Bearer
             */
            token_type: string;
            user: components["schemas"]["OneselfView"];
        };
        /** @description A list that a pool follows, and what came of its last fetch. */
        SourceView: {
            /** Format: int32 */
            added: number;
            created_at: components["schemas"]["Timestamp"];
            enabled: boolean;
            /**
             * Format: int64
             * @description Seconds.
             */
            every: number;
            /** Format: int32 */
            found: number;
            /**
             * Format: int64
             * @description Seconds.
             */
            grace: number;
            /** Format: uuid */
            id: string;
            /** @description Why the last fetch changed nothing; the counts are those of the last that worked. */
            last_error?: string | null;
            last_fetch_at?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int32
             * @description Proxies that are no longer listed.
             */
            missing: number;
            next_fetch_at: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description Lines that are no proxy, or one on an address that is not allowed.
             */
            rejected: number;
            scheme: components["schemas"]["ProxyScheme"];
            /** @description Without user, password and query. */
            url: string;
        };
        /** @description Proxies by where they stand. */
        StandingView: {
            /** @description At their parallel limit. */
            full: number;
            /** @description Switched off. */
            off: number;
            ready: number;
            /** @description In quarantine. */
            resting: number;
            /** @description Ready, but not for this host. */
            resting_here: number;
        };
        /** @description What is to be run. */
        StartExecution: {
            /** Format: uuid */
            definition_id: string;
            /**
             * @description For you to find it by: up to 20, names without a colon up to 64 and values up to 200
             *     characters.
             */
            labels?: {
                [key: string]: string;
            };
            /** @description As the workflow's `params` describe; absent ones take their defaults. */
            params?: Record<string, never>;
            /**
             * Format: int32
             * @description Higher goes first among your own; the workflow's unless given.
             */
            priority?: number | null;
        };
        /** @description How many proxies of a pool are in each state. */
        StatesView: {
            /**
             * Format: int64
             * @description In use in spite of failures.
             */
            degraded: number;
            /**
             * Format: int64
             * @description Tried again after a rest.
             */
            half_open: number;
            /** Format: int64 */
            healthy: number;
            /**
             * Format: int64
             * @description At rest.
             */
            quarantined: number;
            /**
             * Format: int64
             * @description Never used.
             */
            unknown: number;
        };
        /** @description How executions ended over a time. */
        StatisticsView: {
            /** @description The whole range in order, empty buckets too. */
            buckets: components["schemas"]["BucketView"][];
            step: components["schemas"]["BucketSpan"];
            /**
             * Format: int64
             * @description Executions that have not ended now, counted up to 10,000.
             * @example 3
             */
            unfinished: number;
        };
        /**
         * @description The name of a [`State`].
         * @enum {string}
         */
        Status: "trialing" | "active" | "past_due" | "cancelled" | "expired";
        /** @description A new status. */
        StatusBody: {
            status: components["schemas"]["SettableStatus"];
        };
        /** @description How a pool fares. */
        StatusView: {
            /** @description Proxies by state: `unknown`, `healthy`, `degraded`, `quarantined`. */
            by_state: {
                [key: string]: number;
            };
            /** Format: int64 */
            bytes: number;
            /** Format: int64 */
            failures: number;
            pool: components["schemas"]["PoolView"];
            /** @description The newest 200; all of them are in the list of proxies. */
            proxies: components["schemas"]["ProxyView"][];
            /** Format: int64 */
            requests: number;
            /** Format: int64 */
            successes: number;
            /** Format: int64 */
            total: number;
        };
        /** @description An item in a list. */
        StepItem: {
            /**
             * Format: int32
             * @description How many attempts there were.
             */
            attempts: number;
            error?: components["schemas"]["ItemErrorView"] | null;
            finished_at?: components["schemas"]["Timestamp"] | null;
            /**
             * Format: int32
             * @description Its place among the items, from 0.
             */
            index: number;
            started_at?: components["schemas"]["Timestamp"] | null;
            status: components["schemas"]["StepStatus"];
        };
        /** @description One item with all that is known of it. */
        StepItemDetail: components["schemas"]["StepItem"] & {
            /** @description The newest, the oldest of them first. */
            attempt_list: components["schemas"]["AttemptView"][];
            failure?: components["schemas"]["ActionErrorView"] | null;
            input?: unknown;
            /** @description What `item` is in expressions. */
            item: unknown;
            output?: unknown;
        };
        /** @description The states of many items at a glance. */
        StepItemMap: {
            /** @description How many are in each state. */
            counts: {
                [key: string]: number;
            };
            /** @description Hand this back as `cursor` for what follows; absent on the last part. */
            next_cursor?: string | null;
            /**
             * @description One letter for each item, in their order: `p` pending, `r` running, `w` waiting,
             *     `s` succeeded, `f` failed, `k` skipped, `c` cancelled. Up to 10,000 at a time.
             * @example sssfsrp
             */
            states: string;
            total: number;
        };
        /** @description How far a step is. */
        StepProgressView: {
            /** Format: int64 */
            done: number;
            message: string;
            /** Format: int64 */
            total?: number | null;
        };
        /**
         * @description Where a step stands.
         * @enum {string}
         */
        StepStatus: "pending" | "running" | "waiting" | "succeeded" | "failed" | "skipped" | "cancelled";
        /**
         * @description Which step is run, and with what. Give one of `source`, `definition` and `definition_id`.
         * @example {
         *       "source": "name: shelf\nsteps:\n  - id: page\n    uses: http.request\n    with: {url: \"https://example.com/\"}\n  - id: read\n    uses: html.extract\n    with: {html: \"${{ steps.page.output.body }}\", fields: {title: title}}\n",
         *       "step": "read",
         *       "steps": {
         *         "page": {
         *           "output": {
         *             "body": "<title>Late</title>"
         *           }
         *         }
         *       }
         *     }
         */
        StepTest: {
            /** @description A workflow as JSON; one with this step alone will do. */
            definition?: Record<string, never> | null;
            /**
             * Format: uuid
             * @description The newest version of a saved workflow.
             */
            definition_id?: string | null;
            /**
             * Format: uuid
             * @description An execution whose results, parameters and trigger the step sees.
             */
            execution_id?: string | null;
            /**
             * Format: int32
             * @description Of a step with `for_each`, which item is run, from 0.
             */
            item?: number;
            /** @description As the workflow's `params` describe; those of the execution unless given. */
            params?: Record<string, never> | null;
            /** @description A workflow as YAML or JSON text. Only the step itself must be free of faults. */
            source?: string | null;
            /**
             * @description The id of the step.
             * @example read
             */
            step: string;
            /** @description What earlier steps gave, by their ids; in the place of what the execution recorded. */
            steps?: {
                [key: string]: components["schemas"]["StepTestData"];
            };
        };
        /**
         * @description What an earlier step gave, made up.
         * @example {
         *       "output": {
         *         "title": "Late"
         *       }
         *     }
         */
        StepTestData: {
            /** @description Of a step that failed: `{"code", "message"}`. */
            error?: unknown;
            /** @description Of a step that ran once. */
            output?: unknown;
            /** @description Of the items of a step with `for_each`. */
            outputs?: unknown[];
            /**
             * @description `succeeded` unless given.
             * @example succeeded
             */
            status?: string | null;
        };
        /** @description Why the step failed. */
        StepTestError: {
            /** @example HTTP_STATUS */
            code: string;
            details: unknown;
            message: string;
            /** @description Another attempt may succeed. */
            retryable: boolean;
        };
        /** @description The item that was run. */
        StepTestItem: {
            /** Format: int32 */
            index: number;
            /** @description How many items there are. */
            total: number;
        };
        /** @description A line that the step logged. */
        StepTestLine: {
            at: components["schemas"]["Timestamp"];
            fields: unknown;
            level: components["schemas"]["LogLevel"];
            message: string;
        };
        /** @description A value, as far as it fits into an answer. */
        StepTestValue: {
            /** @description Of the whole value as JSON. */
            bytes: number;
            /** @description How the JSON of a larger one begins. */
            preview?: string | null;
            /** @description Absent when it is larger than 256 KiB. */
            value?: unknown;
        };
        /** @description What came of it. */
        StepTestView: {
            /** @description What the step's `if` gave; it ran all the same. */
            condition?: boolean | null;
            cost: components["schemas"]["Cost"];
            /** Format: int64 */
            duration_ms: number;
            error?: components["schemas"]["StepTestError"] | null;
            input?: components["schemas"]["StepTestValue"] | null;
            item?: components["schemas"]["StepTestItem"] | null;
            /** @description The first 500 lines. */
            logs: components["schemas"]["StepTestLine"][];
            /**
             * Format: int64
             * @description How many more there were.
             */
            logs_left_out: number;
            output?: components["schemas"]["StepTestValue"] | null;
            started_at: components["schemas"]["Timestamp"];
            /**
             * @description `succeeded` or `failed`.
             * @example succeeded
             */
            status: string;
        };
        /** @description One proof that it is you. */
        StepUpBody: {
            /**
             * @description Six digits from a mail with purpose `sensitive_action`, unless an authenticator is enrolled.
             * @example 012345
             */
            code?: string | null;
            /**
             * Format: password
             * @description Your password, unless an authenticator is enrolled.
             */
            password?: string | null;
            recovery_code?: string | null;
            /**
             * @description Six digits that your authenticator shows.
             * @example 012345
             */
            totp?: string | null;
        };
        /**
         * @description How a pool chooses; what each does stands in [`super::Scene`].
         * @enum {string}
         */
        Strategy: "round_robin" | "random" | "least_used" | "sticky" | "smart";
        /** @description A plan to begin with. */
        SubscribeBody: {
            /** @example WELCOME10 */
            coupon?: string | null;
            interval: components["schemas"]["Interval"];
            /** @example basic */
            plan: string;
            /** @description Nothing is charged before the trial ends. Once for everybody. */
            trial?: boolean;
        };
        /** @description How the platform stands. */
        SystemStatusView: {
            /**
             * @description `memory` or `redis`.
             * @example redis
             */
            cache: string;
            checked_at: components["schemas"]["Timestamp"];
            database: components["schemas"]["DatabaseView"];
            /**
             * @description What the platform checks of itself, by name. Those of the engine are checked every minute,
             *     those of the books every hour.
             */
            invariants: components["schemas"]["InvariantView"][];
            outbox: components["schemas"]["OutboxView"];
            /** @description Those that run, or ran within a day; the newest first. */
            processes: components["schemas"]["ProcessView"][];
            queue: components["schemas"]["QueueView"];
            /** @description Migrations that this version knows and the database has not. */
            schema_pending: number;
            /** @description The newest migration that is in the database. */
            schema_version: string;
            version: string;
            /** @description Those alive first. */
            workers: components["schemas"]["WorkerView"][];
        };
        /** @description What it was done to. */
        TargetView: {
            id: string;
            /** @example user */
            kind: string;
        };
        /** @description A template with its text. */
        TemplateDetail: components["schemas"]["TemplateView"] & {
            /** @description The same as a model. */
            definition: Record<string, never>;
            /** @description YAML, to be saved as a workflow of your own. */
            source: string;
        };
        /** @description A workflow ready to be copied. */
        TemplateView: {
            /** @description Actions that it uses. */
            actions: string[];
            description?: string | null;
            /** @description Names it in addresses. */
            name: string;
            /** @description JSON Schema of what a run is given. */
            params: Record<string, never>;
        };
        /** @description What the proxies are tested against. */
        TestPool: {
            /** @description An http or https address; the pool's, or else the platform's, unless given. */
            target?: string | null;
            /**
             * @description Whether the answer waits for the end, up to 20 seconds; it does unless told otherwise.
             * @default true
             */
            wait: boolean;
        };
        /**
         * @description How far a test is.
         * @enum {string}
         */
        TestState: "running" | "finished" | "cancelled";
        /** @description A test of a pool. */
        TestSummary: {
            /** @description It stops in a moment. */
            cancelling: boolean;
            created_at: components["schemas"]["Timestamp"];
            /** Format: int32 */
            done: number;
            /** Format: int32 */
            failed: number;
            finished_at?: components["schemas"]["Timestamp"] | null;
            /** Format: uuid */
            id: string;
            judge?: string | null;
            /** Format: uuid */
            pool_id: string;
            state: components["schemas"]["TestState"];
            target: string;
            /**
             * Format: int32
             * @description Enabled proxies of the pool when it began.
             */
            total: number;
            /** Format: int32 */
            worked: number;
        };
        /** @description A test as far as it is, and its first 200 results. */
        TestView: {
            results: components["schemas"]["TestedView"][];
            test: components["schemas"]["TestSummary"];
        };
        /** @description How one proxy did in a test. */
        TestedView: {
            /** @description `scheme://host:port`. */
            address: string;
            anonymity?: components["schemas"]["Anonymity"] | null;
            at: components["schemas"]["Timestamp"];
            error?: string | null;
            exit_address?: string | null;
            /** Format: double */
            latency_ms?: number | null;
            ok: boolean;
            /** Format: uuid */
            proxy_id: string;
            /**
             * Format: int32
             * @description From 1, in the order in which results came.
             */
            seq: number;
        };
        /**
         * @description What became of a tick.
         * @enum {string}
         */
        TickOutcome: "ran" | "late" | "skipped" | "coalesced" | "refused" | "backfilled";
        /** @description A due time and what became of it. */
        TickView: {
            /**
             * @description Why it was not simply run.
             * @example missed; a later one runs for it
             */
            detail?: string | null;
            due_at: components["schemas"]["Timestamp"];
            /**
             * Format: uuid
             * @description What it came from, where that is no clock.
             */
            event_id?: string | null;
            /** Format: uuid */
            execution_id?: string | null;
            outcome: components["schemas"]["TickOutcome"];
        };
        /** Format: date-time */
        Timestamp: string;
        /**
         * @description What a rule would have made of an event.
         * @enum {string}
         */
        TriedOutcome: "ignored" | "counted" | "rested" | "fired" | "failed";
        /** @description One event and what would have come of it. */
        TriedView: {
            /** @description As they would have been done. */
            actions: components["schemas"]["AutomationAction"][];
            /** @description `id`, `kind`, `at` and `payload`. */
            event: Record<string, never>;
            outcome: components["schemas"]["TriedOutcome"];
            /** @description What fails. */
            reason?: string | null;
        };
        /** @description A schedule of a definition. */
        TriggerSummary: {
            /** @example 0 8 * * * */
            expression: string;
            /** @example cron */
            kind: string;
            next_run?: components["schemas"]["Timestamp"] | null;
            /** @example Asia/Shanghai */
            timezone: string;
        };
        /** @description One trigger of a workflow. */
        TriggerView: {
            /**
             * @description Of an event or dataset: which of them start the workflow.
             * @example ${{ trigger.event.payload.added > 0 }}
             */
            condition?: string | null;
            /** @example 0 8 * * * */
            expression: string;
            /**
             * Format: int64
             * @description It asks for more: the plan has its runs at least so many seconds apart.
             * @example 300
             */
            held_to_seconds?: number | null;
            /** Format: uuid */
            id: string;
            /** @example cron */
            kind: string;
            misfire: components["schemas"]["Misfire"];
            /** @description The next ten; none while it is paused. */
            next_runs: components["schemas"]["Timestamp"][];
            overlap: components["schemas"]["Overlap"];
            paused: boolean;
            /** @example Asia/Shanghai */
            timezone: string;
            webhook?: components["schemas"]["HookView"] | null;
        };
        /** @description How many. */
        UnreadView: {
            /**
             * Format: int32
             * @description Up to 1000.
             */
            unread: number;
        };
        /** @description What is to be another; a field that is not there stays, null takes away what may be missing. */
        UpdatePool: {
            /**
             * Format: int64
             * @description Seconds.
             */
            check_every?: number | null;
            judge?: string | null;
            name?: string | null;
            /** Format: int32 */
            parallel_limit?: number | null;
            /**
             * Format: int64
             * @description Seconds.
             */
            sticky_ttl?: number | null;
            /** Format: int32 */
            sticky_uses?: number | null;
            strategy?: components["schemas"]["Strategy"] | null;
            test_target?: string | null;
        };
        /** @description What is to be another; a field that is not there stays. */
        UpdateProxy: {
            /** Format: double */
            cost?: number | null;
            /** @description One that is not enabled is never chosen. */
            enabled?: boolean | null;
            label?: string | null;
        };
        /** @description What is to be another; a field that is not there stays. */
        UpdateSource: {
            enabled?: boolean | null;
            /**
             * Format: int64
             * @description Seconds.
             */
            every?: number | null;
            /**
             * Format: int64
             * @description Seconds.
             */
            grace?: number | null;
            scheme?: components["schemas"]["ProxyScheme"] | null;
            url?: string | null;
        };
        /** @description A day with something in it. */
        UsageDayView: {
            /**
             * Format: int64
             * @description Bytes of all answers, decompressed, and those of them that came through proxies.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Executions that were started.
             */
            executions: number;
            /**
             * Format: int64
             * @description Pages that sites answered with.
             */
            pages: number;
            /** Format: int64 */
            proxy_bytes: number;
            /** @description Midnight in UTC. */
            starts_at: components["schemas"]["Timestamp"];
        };
        /** @description Use against limits, and by day. */
        UsageView: {
            /** @description The oldest first; days without use are left out. */
            days: components["schemas"]["UsageDayView"][];
            limits: components["schemas"]["LimitUsageView"][];
        };
        /** @description A user and what they hold. */
        UserDetailView: components["schemas"]["ListedUserView"] & {
            /**
             * Format: int64
             * @description API keys that have not ended.
             */
            api_keys: number;
            /**
             * Format: int64
             * @description Open sessions.
             */
            sessions: number;
            /** @description A login asks for a second factor. */
            totp_enabled: boolean;
        };
        /**
         * @description Whether somebody is let in.
         * @enum {string}
         */
        UserStatus: "active" | "suspended" | "deleting" | "deleted";
        /** @description Somebody with an account. */
        UserView: {
            created_at: components["schemas"]["Timestamp"];
            email: string;
            /** Format: uuid */
            id: string;
            locale: components["schemas"]["Locale"];
            role: components["schemas"]["Role"];
            username: string;
        };
        /** @description Somebody's plan and what they use of it. */
        UsersUsageView: {
            /** @description The oldest first; days without use are left out. */
            days: components["schemas"]["UsageDayView"][];
            limits: components["schemas"]["LimitUsageView"][];
            /**
             * @description Code of the plan.
             * @example basic
             */
            plan: string;
            /**
             * @description What it is called in the language of the request.
             * @example Basic
             */
            plan_name: string;
        };
        /**
         * @description A variable to be kept.
         * @example {
         *       "value": "eu-west"
         *     }
         */
        VariableBody: {
            description?: string | null;
            /** @description Any JSON of up to 64 KiB. */
            value: unknown;
        };
        /** @description A variable. */
        VariableView: {
            created_at: components["schemas"]["Timestamp"];
            description?: string | null;
            /** @example region */
            name: string;
            updated_at: components["schemas"]["Timestamp"];
            value: unknown;
        };
        /** @description What a check found. */
        Verdict: {
            problems: components["schemas"]["ProblemView"][];
            /** @description It can be saved, though there may be warnings. */
            valid: boolean;
        };
        /** @description The content of a version. */
        VersionDetail: {
            /** @description The model as JSON. */
            definition: Record<string, never>;
            /** @description The text as it was saved. */
            source: string;
            /**
             * Format: int32
             * @example 3
             */
            version: number;
        };
        /** @description A version in a list. */
        VersionSummary: {
            created_at: components["schemas"]["Timestamp"];
            /**
             * @description What was said of it when it was saved.
             * @example Follow the site's new address
             */
            message?: string | null;
            /**
             * Format: int32
             * @example 3
             */
            version: number;
        };
        /** @description A version of a dataset. */
        VersionView: {
            /** Format: int64 */
            added: number;
            at: components["schemas"]["Timestamp"];
            cause: components["schemas"]["Cause"];
            /** Format: int64 */
            changed: number;
            /** Format: uuid */
            execution_id?: string | null;
            /** Format: int64 */
            removed: number;
            /**
             * Format: int64
             * @description Records then.
             */
            total: number;
            /** Format: uuid */
            user_id?: string | null;
            /** Format: int64 */
            version: number;
        };
        /** @description One attempt of a delivery. */
        WebhookAttemptView: {
            /** @description The beginning of the answer, 4 KiB. */
            answer?: string | null;
            at: components["schemas"]["Timestamp"];
            /** Format: int64 */
            elapsed_ms: number;
            /** @description Why it failed. */
            error?: string | null;
            /**
             * Format: int32
             * @description From 1.
             */
            number: number;
            /**
             * Format: int32
             * @description HTTP status; null when nobody answered.
             */
            status?: number | null;
        };
        /** @description One message with its body and its latest attempts. */
        WebhookDeliveryDetailView: {
            /** @description The latest 100, the newest first. */
            attempts: components["schemas"]["WebhookAttemptView"][];
            /** @description As it is sent. */
            body: string;
            delivery: components["schemas"]["WebhookDeliveryView"];
        };
        /** @description One message and what became of it. */
        WebhookDeliveryView: {
            /** Format: int32 */
            attempts: number;
            /**
             * Format: uuid
             * @description The automation that sends it; null of a test.
             */
            automation_id?: string | null;
            created_at: components["schemas"]["Timestamp"];
            due_at?: components["schemas"]["Timestamp"] | null;
            ended_at?: components["schemas"]["Timestamp"] | null;
            /** @description Why the last attempt failed. */
            error?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * @description `type` of the message: the kind of the event.
             * @example execution.finished
             */
            kind: string;
            /**
             * @description The message's `webhook-id`, the same for every attempt.
             * @example msg_0193a1b2c3d47e8f9a0b1c2d3e4f5a6b
             */
            message_id: string;
            state: components["schemas"]["DeliveryState"];
            /**
             * Format: int32
             * @description HTTP status of the last answer.
             */
            status?: number | null;
        };
        /** @description Where messages go. Its secret is not shown. */
        WebhookEndpointView: {
            created_at: components["schemas"]["Timestamp"];
            description: string;
            disabled_reason?: components["schemas"]["DisabledReason"] | null;
            enabled: boolean;
            failing_since?: components["schemas"]["Timestamp"] | null;
            /** Format: uuid */
            id: string;
            old_secret_until?: components["schemas"]["Timestamp"] | null;
            updated_at: components["schemas"]["Timestamp"];
            url: string;
        };
        /** @description An endpoint with its secret, which is shown this once. */
        WebhookSecretView: {
            endpoint: components["schemas"]["WebhookEndpointView"];
            /**
             * @description As Standard Webhooks writes it: `whsec_` and base64.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret: string;
        };
        /** @description A worker that drives executions. One that was taken for dead begins again under a new id. */
        WorkerView: {
            alive: boolean;
            /**
             * Format: int64
             * @description Executions it drives.
             */
            executions: number;
            /** Format: uuid */
            id: string;
            last_seen_at: components["schemas"]["Timestamp"];
            name: string;
            started_at: components["schemas"]["Timestamp"];
        };
        /** @description A batch of records. */
        WriteRecords: {
            /** @description Fields that tell records apart; those of the dataset unless given. */
            key?: string[] | null;
            mode?: components["schemas"]["Mode"];
            /** @description Up to 50 000 objects, each of a mebibyte at most. */
            records: Record<string, never>[];
        };
        /** @description What a batch did. */
        Written: {
            /** Format: int64 */
            added: number;
            /**
             * Format: uuid
             * @description Of the held batch.
             */
            batch_id?: string | null;
            breaches?: components["schemas"]["Breach"][];
            /** @description Keys of records that were there and are different now; the first thousand. */
            changed: string[];
            /** Format: int64 */
            changed_count: number;
            dataset: string;
            /** @description Nothing was published: the batch breaks the contract and waits for somebody to look at it. */
            held?: boolean;
            /**
             * Format: int64
             * @description Records in the dataset now.
             */
            total: number;
            /** Format: int64 */
            unchanged: number;
            /** Format: int64 */
            version: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
