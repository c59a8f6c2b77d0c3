/** Workflows to begin with. Their names are texts under `templates`. */
export const TEMPLATES = ['script', 'crawl', 'qidian'] as const;

export type TemplateName = (typeof TEMPLATES)[number];

const SCRIPT = `name: first-steps
params:
  properties:
    count: {type: integer, title: Count, default: 5, minimum: 1, maximum: 100}
steps:
  - id: make
    uses: script.javascript
    with:
      input: "\${{ params.count }}"
      code: |
        return Array.from({length: input}, (_, i) => ({id: i + 1, square: (i + 1) ** 2}))
  - id: save
    uses: dataset.upsert
    with: {dataset: squares, key: id, records: "\${{ steps.make.output }}"}
`;

const CRAWL = `name: crawl-site
params:
  properties:
    site: {type: string, description: Address to start from}
  required: [site]
steps:
  - id: pages
    uses: crawl.pages
    with:
      start_urls: ["\${{ params.site }}"]
      max_depth: 2
      max_pages: 50
      parallelism: 4
      extract:
        title: title
        heading: h1
  - id: save
    uses: dataset.upsert
    with: {dataset: pages, key: url, records: "\${{ steps.pages.output.pages }}"}
`;

const QIDIAN = `name: qidian-monthly-tickets
params:
  properties:
    pages: {type: integer, default: 2, minimum: 1, maximum: 5}
triggers:
  - cron: "0 8 * * *"
    timezone: Asia/Shanghai
timeout: 30m
steps:
  - id: rank
    uses: qidian.ranking
    with: {list: yuepiao, pages: "\${{ params.pages }}"}
    retry: {max_attempts: 4, backoff: exponential, initial: 2s, max: 1m}
  - id: books
    uses: qidian.book
    for_each: "\${{ steps.rank.output.books }}"
    max_parallel: 8
    with: {book_id: "\${{ item.book_id }}"}
    on_error: continue
  - id: save
    uses: dataset.upsert
    with: {dataset: qidian_books, key: book_id, records: "\${{ steps.books.outputs }}"}
`;

const SOURCES: Record<TemplateName, string> = { script: SCRIPT, crawl: CRAWL, qidian: QIDIAN };

export const templateSource = (name: string | null): string => SOURCES[name as TemplateName] ?? SCRIPT;
