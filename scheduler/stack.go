package scheduler

import (
	"runtime"
	"strings"
)

// loopFrames are the functions that call back from a loop. The others run a func of a Group, and an operation.
var loopFrames = []string{"scheduler.(*Scheduler).drive", "scheduler.(*Scheduler).conclude", "scheduler.(*Coroutine).begin"}

const (
	guestFrame     = "scheduler.(*guest).run"
	operationFrame = "scheduler.(*flying).work"
)

// onStack reports whether one of the functions is further up the stack of the caller's goroutine. It costs a microsecond, so
// it is asked only where something is odd, or where a call has to wake the loop anyway.
func onStack(functions ...string) bool {
	pcs := make([]uintptr, 64)
	for skip := 0; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		frames := runtime.CallersFrames(pcs[:n])
		for more := n > 0; more; {
			var frame runtime.Frame
			frame, more = frames.Next()
			for _, f := range functions {
				if strings.HasSuffix(frame.Function, f) {
					return true
				}
			}
		}
		if n < len(pcs) {
			return false
		}
	}
}
