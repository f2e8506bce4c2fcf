package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheForgottenPromiseIsFound(t *testing.T) {
	var out bytes.Buffer
	forgotten(t.Context(), &out)

	require.Equal(t, "stalled, suspended in Await: [stalled.forgotten.func1 (main.go:31)]\n", out.String())
}

func TestTheSlowQueryIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		slow(t.Context(), &out, time.Second)

		require.Equal(t, "in flight: users: batch of 3 keys [1 2 3] for 1s\n"+
			"suspended in Await: stalled.slow.func2 (main.go:61)\n", out.String())
	})
}
