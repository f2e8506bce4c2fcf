package trace

import (
	"context"
	"log/slog"
	"time"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// SlogHandler makes an observer for one scheduler that logs to h: a line a batch at slog.LevelDebug, with its keys unless an
// option redacts them, and a line a request at slog.LevelInfo, when Run or Close returns. A request that only Awaits and
// never calls Close has no such line, and neither has a Run in which nothing was loaded and nothing failed.
//
//	h := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})
//	loop := scheduler.New(scheduler.WithObserver(trace.SlogHandler(h)))
//
// The handler is called on the loop's goroutine, with the ctx of Run, so it should not block. Where a level is not enabled
// nothing is formatted.
func SlogHandler(h slog.Handler, opts ...Option) scheduler.Observer {
	if h == nil {
		panic("trace: SlogHandler(nil): give it a handler, slog.Default().Handler() for instance")
	}
	o := &logger{handler: h, ctx: context.Background()}
	for _, opt := range opts {
		opt(&o.redaction)
	}
	return o
}

// mostLogged is how many keys a line has.
const mostLogged = 20

type logger struct {
	redaction
	sums
	handler slog.Handler
	ctx     context.Context // of the Run or Await that is on
	entered time.Time

	// Since the last line of a request:

	wall    time.Duration
	largest int // batch
}

func (o *logger) LoaderMade(l *dataloader.LoaderInfo) { o.made(l) }

func (o *logger) BatchStarting(ctx context.Context, _ *dataloader.BatchInfo) context.Context {
	return ctx
}

func (o *logger) BatchEnded(b *dataloader.BatchInfo) {
	o.largest = max(o.largest, b.Size)
	if !o.handler.Enabled(o.ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("loader", b.Loader.Name), slog.Uint64("round", b.Round), slog.Int("size", b.Size),
		slog.Duration("waited", b.Waited), slog.Duration("took", b.Took),
		slog.Uint64("loads", b.Loads), slog.Uint64("hits", b.Hits),
	}
	if keys := o.keys(b, mostLogged); keys != nil {
		attrs = append(attrs, slog.Any("keys", keys))
	}
	if b.Parts > 1 {
		attrs = append(attrs, slog.Int("part", b.Part), slog.Int("parts", b.Parts))
	}
	if text := o.error(b); text != "" {
		attrs = append(attrs, slog.Int("failed_keys", b.FailedKeys), slog.String("error", text))
	}
	o.log(slog.LevelDebug, "batch", attrs)
}

func (o *logger) Entered(s *scheduler.Scheduler, by scheduler.Entry, ctx context.Context) {
	o.only(s)
	if by != scheduler.ByNested && by != scheduler.ByClose { // whose ctx is no request's
		o.ctx = ctx
	}
	if by != scheduler.ByNested {
		o.entered = time.Now()
	}
}

func (o *logger) Left(_ *scheduler.Scheduler, by scheduler.Entry, err error) {
	if by == scheduler.ByNested {
		return
	}
	o.wall += time.Since(o.entered)
	if by == scheduler.ByUntil {
		return
	}
	wall, largest := o.wall, o.largest
	o.wall, o.largest = 0, 0
	var all dataloader.Stats
	loop := o.grown(func(_ *dataloader.LoaderInfo, more dataloader.Stats) { all = all.Add(more) })
	if all == (dataloader.Stats{}) && err == nil || !o.handler.Enabled(o.ctx, slog.LevelInfo) {
		return
	}
	attrs := []slog.Attr{
		slog.Uint64("rounds", loop.Rounds), slog.Uint64("batches", all.Batches), slog.Uint64("keys", all.Keys),
		slog.Uint64("loads", all.Loads), slog.Uint64("hits", all.Hits), slog.Int("largest_batch", largest),
		slog.Duration("wall", wall), slog.Duration("loader_time", all.Time),
	}
	if all.FailedKeys > 0 {
		attrs = append(attrs, slog.Uint64("failed_batches", all.FailedBatches), slog.Uint64("failed_keys", all.FailedKeys))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", o.reason(err)))
	}
	o.log(slog.LevelInfo, "request", attrs)
}

func (o *logger) log(level slog.Level, message string, attrs []slog.Attr) {
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(attrs...)
	_ = o.handler.Handle(o.ctx, r) // as slog.Logger does
}
