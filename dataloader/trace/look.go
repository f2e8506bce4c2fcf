package trace

import (
	"cmp"
	"slices"
	"time"

	"github.com/batchtick/batchtick/dataloader"
)

// A view is what Text, HTML and ChromeTrace draw: the record in order, with times since its beginning.
type view []viewedRun

type viewedRun struct {
	from, to time.Duration
	rounds   []viewedRound
	err      error
}

type viewedRound struct {
	number uint64
	bars   []bar
}

// A bar is a batch: it waited from queued to start, and took from start to end.
type bar struct {
	*dataloader.BatchInfo
	queued, start, end time.Duration
	running            bool // end is now
}

// look takes a view of the record.
func (r *Recorder) look() view {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	ended := make(map[*dataloader.BatchInfo]bool, len(r.ended))
	for _, b := range r.ended {
		ended[b] = true
	}
	var v view
	from := 0
	for i, run := range r.runs {
		to := run.ended
		if i == len(r.runs)-1 {
			to = len(r.ended)
		}
		batches := slices.Clone(r.ended[from:to])
		if i == len(r.runs)-1 {
			for _, b := range r.started {
				if !ended[b] {
					batches = append(batches, b)
				}
			}
		}
		from = to
		if len(batches) == 0 {
			continue
		}
		if r.depth > 0 && i == len(r.runs)-1 {
			run.to = now
		}
		v = append(v, r.lookAt(run, batches, ended, now))
	}
	return v
}

func (r *Recorder) lookAt(
	run run, batches []*dataloader.BatchInfo, ended map[*dataloader.BatchInfo]bool, now time.Time,
) viewedRun {
	order := make(map[*dataloader.LoaderInfo]int, len(r.loaders))
	for i, l := range r.loaders {
		order[l] = i
	}
	// Loaders dispatch in the order in which they were first asked.
	slices.SortStableFunc(batches, func(a, b *dataloader.BatchInfo) int {
		return cmp.Or(
			cmp.Compare(a.Round, b.Round), a.Queued.Compare(b.Queued),
			cmp.Compare(order[a.Loader], order[b.Loader]), cmp.Compare(a.Part, b.Part),
		)
	})
	origin := r.origin()
	v := viewedRun{from: run.from.Sub(origin), to: run.to.Sub(origin), err: run.err}
	for _, b := range batches {
		x := bar{BatchInfo: b, queued: b.Queued.Sub(origin)}
		x.start = x.queued + b.Waited
		x.end = x.start + b.Took
		if !ended[b] {
			x.running, x.end = true, max(x.start, now.Sub(origin))
		}
		v.from, v.to = min(v.from, x.queued), max(v.to, x.end)
		if n := len(v.rounds); n == 0 || v.rounds[n-1].number != b.Round {
			v.rounds = append(v.rounds, viewedRound{number: b.Round})
		}
		last := &v.rounds[len(v.rounds)-1]
		last.bars = append(last.bars, x)
	}
	return v
}

// origin is the moment that times are counted from: the first load or the first Run.
func (r *Recorder) origin() time.Time {
	origin := r.runs[0].from
	for _, b := range r.started {
		if b.Queued.Before(origin) {
			origin = b.Queued
		}
	}
	for _, b := range r.ended {
		if b.Queued.Before(origin) {
			origin = b.Queued
		}
	}
	return origin
}

// short rounds d to three digits.
func short(d time.Duration) string {
	step := time.Duration(1)
	for d/step >= 1000 {
		step *= 10
	}
	return d.Round(step).String()
}
