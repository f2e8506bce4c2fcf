// Package trace shows what loaders did: to a person at a glance, to a test as an assertion (see package loadertest), to a
// log, and to expvar.
//
//	rec := trace.New()
//	loop := scheduler.New(scheduler.WithObserver(rec)) // every loader on it is recorded
//	…
//	fmt.Println(rec.Text())
//
// A Recorder keeps one request: Text draws it for a terminal, HTML as a page, ChromeTrace for Perfetto, and Summary counts
// and gives advice. Totals sums over all requests, and SlogHandler logs. OpenTelemetry is in the module
// dataloader/oteltrace.
//
// What is recorded is what dataloader.BatchInfo has: pointers, and nothing is formatted before it is shown. A scheduler
// without an observer pays a nil check.
package trace
