package bench

// Workload is a row of the table: one piece of work, done by several contenders.
type Workload struct {
	Row   string // "B"
	Title string // "1 000 distinct keys"
	Unit  string // what the figures are divided by: "key"
	N     int    // how many units one run does

	Contenders []Contender

	// Want is the answer that a run for n units must give.
	Want func(n int) Answer
}

// Contender is one way to do the work of a row. Prepare makes what the row does not time, such as a cache that is warm, and
// returns the function that is timed. That may be called many times, and does the work anew each time.
type Contender struct {
	Name    string
	Prepare func(n int) (run func() Answer)

	// ByTimer says that a clock decides how many batches there are, so that no count of them can be wrong.
	ByTimer bool
}

// Answer shows that the work was done: the sum of what was asked for, and how many times the batch function was called.
type Answer struct {
	Sum     int
	Batches int
}

// The names of the contenders that others are compared with, or looked up by.
const (
	Floor           = "floor"
	Batchtick       = "batchtick"
	BatchtickInline = "batchtick-inline"
)

// Workloads are the rows in their order.
func Workloads() []Workload {
	return []Workload{
		oneLoad(), distinct("B", "1 000 distinct keys", 1_000), duplicates(), hits(), friends(), mapChain(), thenChain(), all(),
		async(), distinct("J", "100 000 distinct keys", 100_000), requests(), parallelRequests(),
	}
}

// Lookup returns the workload of a row, and its contender of that name.
func Lookup(row, contender string) (w Workload, c Contender, ok bool) {
	for _, w := range Workloads() {
		for _, c := range w.Contenders {
			if w.Row == row && c.Name == contender {
				return w, c, true
			}
		}
	}
	return w, c, false
}

// sumTo is 0 + 1 + … + n-1.
func sumTo(n int) int { return n * (n - 1) / 2 }
