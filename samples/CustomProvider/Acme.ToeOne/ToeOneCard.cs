using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Toe;

namespace Acme;

/// <summary>A ToeOne. Host sockets at an address of their own play its silicon; a thread that looks at every context each millisecond plays its interrupts.</summary>
public sealed class ToeOneCard : IToeAdapter
{
    private readonly ManualResetEventSlim _stopping = new();
    private volatile IAdapterEvents? _events;

    /// <summary>The address of the card's connections.</summary>
    public static IPAddress Address { get; } = IPAddress.Parse("127.0.42.1");

    public AdapterIdentity Identity { get; } = new() { Id = "acme:0", Provider = "acme", Model = "ToeOne", Evidence = EvidenceLevel.E3 };

    public AdapterStatus Status { get; private set; } = new(AdapterHealth.Healthy, "1.0.2", new FirmwareVersion(1, 0, 2),
        new AdapterCapabilities(OffloadModel.FullConnection, AddressModel.Own, Facts.Queried(HostBypass.None),
            Facts.Queried(AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.IPv4)),
        [new ToeBudget("contexts", 0, 256, ToeReasons.ResourceConnections) { ConnectionCost = 1, ListenerCost = 1 }]);

    private static ToeReason IPv4Only => ToeReasons.CapabilityAddressFamily.With("a ToeOne has IPv4 only");

    internal ConcurrentDictionary<ToeOneContext, bool> Contexts { get; } = new();

    internal Lock Registers { get; } = new(); // No event is raised under it.

    internal Lock Turn { get; } = new(); // Events are raised under it: who has it knows that none is on its way.

    /// <summary>The firmware stops, and everything on the card is lost.</summary>
    public void Crash() => Become(AdapterHealth.Failed, ToeReasons.HealthFailed.With("the firmware stopped"));

    /// <summary>The firmware starts again, with an empty table.</summary>
    public void Reset() => Become(AdapterHealth.Healthy, ToeReason.None);

    public void Subscribe(IAdapterEvents events)
    {
        _events = events;
        new Thread(Run) { IsBackground = true, Name = "acme ToeOne" }.Start(); // Not before: a card that nobody uses costs nothing.
    }

    public ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        lock (Registers)
            return new(Status = Status with { Budgets = ReadTables() });
    }

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) =>
        remote.AddressFamily != AddressFamily.InterNetwork ? IPv4Only
        : !IPAddress.IsLoopback(remote.Address) ? ToeReasons.RouteNotThroughAdapter.With("a ToeOne reaches 127.0.0.0/8 only")
        : Serves(local ?? Address);

    public ToeReason Serves(IPAddress local) => local.AddressFamily != AddressFamily.InterNetwork ? IPv4Only : Address.Equals(local) ? ToeReason.None : ToeReasons.RouteLocalAddress.With($"a ToeOne has {Address} only");

    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        var refusal = Reaches(request.Local?.Address, request.Remote, host: null);
        var connection = TryMake(request.Local?.Port ?? 0, request.Options, socket => new ToeOneConnection(this, socket, request.Remote, events), ref refusal);
        return new(connection is null ? OpenResult.Refused(refusal) : OpenResult.Opened(connection, Downgrades(request.Options)));
    }

    public ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        var refusal = Serves(request.Local.Address);
        var listener = TryMake(request.Local.Port, request.Options, socket => new ToeOneListener(this, socket, events), ref refusal, request.Backlog);
        return new(listener is null ? ListenResult.Refused(refusal) : ListenResult.Listening(listener, Downgrades(request.Options)));
    }

    public ValueTask DisposeAsync()
    {
        _events = null;
        Become(AdapterHealth.Removed, ToeReasons.HealthRemoved);
        _stopping.Set();
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives a context an entry of the table.</summary>
    internal ToeReason Add(ToeOneContext context)
    {
        lock (Registers)
            return !Status.Reason.IsNone ? Status.Reason : ReadTables()[0].Available > 0 && Contexts.TryAdd(context, true) ? ToeReason.None : ToeReasons.ResourceConnections;
    }

    private static ToeReason[]? Downgrades(ToeSocketOptions options) =>
        options with { NoDelay = true } == ToeSocketOptions.Default ? null : [ToeReasons.CapabilitySocketOption.With("a ToeOne heeds NoDelay only")];

    private T? TryMake<T>(int port, ToeSocketOptions options, Func<Socket, T> make, ref ToeReason refusal, int? backlog = null)
        where T : ToeOneContext
    {
        if (!refusal.IsNone)
            return null;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = options.NoDelay };
        try
        {
            socket.Bind(new IPEndPoint(Address, port));
            if (backlog is { } waiting)
                socket.Listen(waiting);
            var context = make(socket);
            if ((refusal = Add(context)).IsNone)
                return context;
        }
        catch (SocketException exception)
        {
            refusal = ToeReasons.RouteTupleInUse.With(exception.Message);
        }

        socket.Dispose();
        return null;
    }

    private ToeBudget[] ReadTables() => [Status.Budgets[0] with { Used = Contexts.Keys.Count(static one => one.Loss.IsNone) }];

    private void Become(AdapterHealth health, ToeReason reason)
    {
        lock (Registers)
        {
            foreach (var context in reason.IsNone ? [] : Contexts.Keys)
                context.Loss = reason;
            Status = Status with { Health = health, Reason = reason, Rung = reason.IsNone ? "ToeActive" : "NotAttached", Budgets = ReadTables() };
        }

        _events?.StatusChanged(Status);
    }

    private void Run()
    {
        while (!_stopping.Wait(TimeSpan.FromMilliseconds(1)))
        {
            foreach (var context in Contexts.Keys)
            {
                lock (Turn)
                    context.Look();
            }
        }
    }
}
