// Package oteltrace shows loaders to OpenTelemetry: a span a batch, child of the request's span and linked to the span of
// every Load that it serves, and metrics.
//
//	var tracer = oteltrace.New() // one for the program
//
//	loop := scheduler.New(scheduler.WithObserver(tracer.Observer())) // for each request
//	users := dataloader.New(loop, fetchUsers, dataloader.WithName("users"))
//	…
//	oteltrace.Load(ctx, users, id) // in place of users.Load(id), where ctx has a span of its own
//	…
//	err := loop.Run(ctx) // ctx has the request's span
//
// A batch answers many callers at once, so their spans can't all be its parents: they are its links. Load notes the span in
// its ctx for the batch that the key goes into, though that batch may be under way already.
//
// The span of a batch is "dataloader.batch" with the loader's name, and is of kind internal. The batch function's ctx has
// it, so what that function sends is its child. Attributes:
//
//	dataloader.name               the loader's name
//	dataloader.batch.round        the round in which it was sent
//	dataloader.batch.size         its number of keys
//	dataloader.batch.part, parts  if WithMaxBatchSize cut the keys of the round
//	dataloader.batch.waited       seconds from the first Load until it was sent
//	dataloader.batch.failed_keys  if some did
//	dataloader.batch.keys         the first hundred, if WithKeys says how they are shown
//	error.type                    if it failed as a whole; the status is then an error
//
// Metrics, all with dataloader.name:
//
//	dataloader.batch.size      histogram, {key}
//	dataloader.batch.duration  histogram, s; with error.type if it failed
//	dataloader.loads           counter, {load}; dataloader.load.result is hit or miss
//
// OpenTelemetry has no conventions for loaders yet. The span's name is that of its instrumentation for JavaScript's
// DataLoader.
package oteltrace
