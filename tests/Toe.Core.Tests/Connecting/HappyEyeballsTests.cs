using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Toe.Connecting;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Connecting;

/// <summary>RFC 8305 §5 under a fake clock.</summary>
public sealed class HappyEyeballsTests
{
    private static readonly IPAddress[] Addresses = [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::2")];
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<IPAddress, TaskCompletionSource<Prize>> _attempts = [];
    private readonly List<IPAddress> _order = [];
    private bool _attemptsAreDeaf;

    [Fact, Trait("Requirement", "TOE-FALL-004")]
    public async Task NextAddress_StartsAfterTheDelay_AndNotBefore()
    {
        var connecting = Connecting();
        Assert.Equal(Addresses[..1], _order);

        _time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        Assert.Single(_order);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await StackBench.UntilAsync(() => _order.Count == 2);
        _attempts[Addresses[1]].SetResult(new Prize());

        Assert.Same(await _attempts[Addresses[1]].Task, await connecting);
        Assert.Equal(Addresses[..2], _order);
    }

    [Fact, Trait("Requirement", "TOE-FALL-004")]
    public async Task FailureStartsTheNextAtOnce()
    {
        var connecting = Connecting();

        _attempts[Addresses[0]].SetException(new SocketException((int)SocketError.ConnectionRefused));

        await StackBench.UntilAsync(() => _order.Count == 2);
        _attempts[Addresses[1]].SetResult(new Prize());
        await connecting;
    }

    [Fact, Trait("Requirement", "TOE-FALL-004")]
    public async Task LosersLateSuccess_IsDisposed()
    {
        _attemptsAreDeaf = true;
        var connecting = Connecting();
        _time.Advance(Delay);
        await StackBench.UntilAsync(() => _order.Count == 2);
        _attempts[Addresses[1]].SetResult(new Prize());
        var winner = await connecting;

        var late = new Prize();
        _attempts[Addresses[0]].SetResult(late);

        await StackBench.UntilAsync(() => late.IsDisposed);
        Assert.False(winner.IsDisposed);
    }

    [Fact, Trait("Requirement", "TOE-FALL-004")]
    public async Task AllFailed_TheLastAddressesErrorIsTheCallers()
    {
        var connecting = Connecting();
        _attempts[Addresses[0]].SetException(new SocketException((int)SocketError.ConnectionRefused));
        await StackBench.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return _order.Count == 3;
        });
        _attempts[Addresses[2]].SetException(new SocketException((int)SocketError.HostUnreachable));
        _attempts[Addresses[1]].SetException(new SocketException((int)SocketError.TimedOut)); // Ends last, and is not the last address.

        var thrown = await Assert.ThrowsAsync<SocketException>(() => connecting);

        Assert.Equal(SocketError.HostUnreachable, thrown.SocketErrorCode);
        Assert.Equal(Addresses, _order); // One attempt each.
    }

    [Fact, Trait("Requirement", "TOE-TIME-003")]
    public async Task Cancellation_EndsAllAttempts()
    {
        using var cancel = new CancellationTokenSource();
        var connecting = StartAsync(cancel.Token);
        _time.Advance(Delay);
        await StackBench.UntilAsync(() => _order.Count == 2);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        await StackBench.UntilAsync(() => _attempts.Values.All(attempt => attempt.Task.IsCanceled));
    }

    [Fact]
    public void Order_AlternatesFamilies_AndKeepsTheirOrder()
    {
        IPAddress[] resolved = [.. new[] { "2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2" }.Select(IPAddress.Parse)];

        Assert.Equal(
            ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"],
            AddressOrder.Interleave(resolved).Select(address => address.ToString()));
    }

    private Task<Prize> Connecting() => StartAsync(TestContext.Current.CancellationToken);

    private Task<Prize> StartAsync(CancellationToken cancellationToken) =>
        HappyEyeballs.ConnectAsync(Addresses, AttemptAsync, Delay, _time, cancellationToken);

    private Task<Prize> AttemptAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var attempt = new TaskCompletionSource<Prize>(TaskCreationOptions.RunContinuationsAsynchronously);
        _attempts[address] = attempt;
        _order.Add(address);
        if (!_attemptsAreDeaf)
            cancellationToken.Register(() => attempt.TrySetCanceled(cancellationToken));
        return attempt.Task;
    }

    private sealed class Prize : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
