// Two batches for ten functions is the whole point, so the output is checked to the letter.
package main

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func Example() {
	main()
	// Output:
	// batch: [1 2 3 4 5 6 7 8 9 10]
	// batch: [12 15 17 20 19 16 13 18]
	//
	// Ada and Leila are best friends.
	// Bruno and Omar are best friends.
	// Chidi's best friend is Leila.
	// Dana's best friend is Rosa.
	// Elif's best friend is Uma.
	// Farah's best friend is Tariq.
	// Gita and Priya are best friends.
	// Hugo and Mei are best friends.
	// Ines and Uma are best friends.
	// Jonas and Sami are best friends.
}

func TestACancelledContextWakesEveryFunction(t *testing.T) {
	gone := errors.New("nobody listens any more")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	require.ErrorIs(t, run(ctx, &bytes.Buffer{}, []int{1, 2}), gone)
}

// goleak is the other half of this test: the functions that did not fail must not be left asleep.
func TestOneFailureIsReturnedAndEveryFunctionEnds(t *testing.T) {
	var out bytes.Buffer
	require.ErrorIs(t, run(t.Context(), &out, []int{1, 2, 99}), dataloader.ErrNotFound)
	require.Equal(t, "batch: [1 2 99]\nbatch: [12 15]\n", out.String())
}
