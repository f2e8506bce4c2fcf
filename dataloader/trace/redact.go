package trace

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// Option is a setting of New and SlogHandler.
type Option func(*redaction)

// redaction says what is shown of keys. Errors are redacted with them, since their texts quote keys.
type redaction struct {
	redacted bool
	key      func(any) string // nil: no keys, if redacted
}

// WithoutKeys keeps keys out of all that is shown: only their number is left. Errors are then named by their type.
func WithoutKeys() Option {
	return func(r *redaction) { r.redacted, r.key = true, nil }
}

// WithKeys has show say what is shown of a key: a hash of it, its first letter. Errors are then named by their type. show is
// called when something is shown, and on the goroutine that asks for it.
func WithKeys(show func(key any) string) Option {
	if show == nil {
		panic("trace: WithKeys(nil): give it a func that shows a key, or use WithoutKeys")
	}
	return func(r *redaction) { r.redacted, r.key = true, show }
}

// keys returns the first few of a batch's keys as they are shown.
func (r *redaction) keys(b *dataloader.BatchInfo, few int) []string {
	if r.redacted && r.key == nil {
		return nil
	}
	keys := reflect.ValueOf(b.Keys)
	shown := make([]string, min(few, keys.Len()))
	for i := range shown {
		key := keys.Index(i).Interface()
		if r.key != nil {
			shown[i] = cut(legible(r.key(key)), longestKey)
		} else {
			shown[i] = cut(legible(fmt.Sprint(key)), longestKey)
		}
		if shown[i] == "" || strings.Contains(shown[i], " ") {
			shown[i] = `"` + shown[i] + `"`
		}
	}
	return shown
}

// error tells what a batch failed with, without the loader and the keys, which are shown beside it. It is empty if nothing
// failed.
func (r *redaction) error(b *dataloader.BatchInfo) string {
	var size *dataloader.BatchSizeError
	var batch *dataloader.BatchError
	switch err := b.Err; {
	case err == nil && b.FailedKeys == 0:
		return ""
	case err == nil:
		return fmt.Sprintf("%d of %s failed", b.FailedKeys, count(b.Size, "key"))
	case errors.As(err, &size):
		return fmt.Sprintf("the batch function returned %d %s for %s", size.Got, size.What, count(size.Want, "key"))
	case errors.As(err, &batch):
		return r.reason(batch.Err)
	default:
		return r.reason(err)
	}
}

// reason is the text of err, or its type if it may quote keys that must not be shown.
func (r *redaction) reason(err error) string {
	if !r.redacted {
		return cut(legible(err.Error()), longestError)
	}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, scheduler.ErrClosed, scheduler.ErrGoexit} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}

// How many runes are shown.
const (
	longestKey   = 80
	longestError = 300
)

// cut returns the first n runes of s.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-3]) + "..."
}

// legible returns s without what could confuse a terminal or a reader: control characters, and text that runs backwards.
// Names, keys and errors may come from a stranger.
func legible(s string) string {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		s = strconv.Quote(s)
		return s[1 : len(s)-1]
	}
	return s
}

// count is "1 key", "2 keys", "3 batches".
func count(n int, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case strings.HasSuffix(one, "ch"):
		return strconv.Itoa(n) + " " + one + "es"
	default:
		return strconv.Itoa(n) + " " + one + "s"
	}
}
