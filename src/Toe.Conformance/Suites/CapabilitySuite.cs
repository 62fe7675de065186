using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>What an adapter declares is true, both ways.</summary>
internal sealed class CapabilitySuite : Suite
{
    private const AdapterFeatures Known =
        AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.IPv4 | AdapterFeatures.IPv6 | AdapterFeatures.AdmitsAtSyn | AdapterFeatures.ImportsState | AdapterFeatures.ExportsState;

    private AdapterCapabilities Declared => Adapter.Status.Capabilities;

    [Requirement("TOE-CAPA-001", "Model, address model, features and bypasses are ones that the contract knows.", Source = "AdapterStatus.Capabilities",
        Covers = ["AdapterCapabilities.Model", "AdapterCapabilities.Addresses", "AdapterCapabilities.Features", "AdapterCapabilities.Bypasses", "AddressModel.SharedWithHost", "AddressModel.Own", "AddressModel.Fabric"], IsControlOnly = true)]
    public Task Declarations_AreKnown()
    {
        Check.That(Enum.IsDefined(Declared.Model), $"the model is {Declared.Model}");
        Check.That(Enum.IsDefined(Declared.Addresses), $"the address model is {Declared.Addresses}");
        Check.That((Declared.Features.Value & ~Known) == AdapterFeatures.None, $"the features are {Declared.Features.Value}");
        return Task.CompletedTask;
    }

    [Requirement("TOE-CAPA-002", "An adapter offloads at least one address family, and connections in at least one way.", Source = "AdapterCapabilities.Features",
        Covers = ["AdapterFeatures.IPv4", "AdapterFeatures.IPv6", "AdapterFeatures.ActiveOpen", "AdapterFeatures.PassiveOpen"], IsControlOnly = true)]
    public Task Something_IsOffloaded()
    {
        if (Adapter.Status.Rung != "ToeActive")
            throw new NotOfferedException($"it offloads nothing: {Adapter.Status.Rung}, {Adapter.Status.Reason}");
        var features = Declared.Features.Value;
        Check.That((features & (AdapterFeatures.IPv4 | AdapterFeatures.IPv6)) != AdapterFeatures.None, "there is no address family");
        Check.That((features & (AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.ImportsState)) != AdapterFeatures.None, "there is no way to offload a connection");
        return Task.CompletedTask;
    }

    [Requirement("TOE-CAPA-003", "An adapter declares that it takes connections over exactly when it has the interface for that.", Source = "AdapterFeatures.ImportsState", Covers = ["IImportsState.PrepareAsync"], IsControlOnly = true)]
    public Task ImportsState_IsTheInterface()
    {
        Check.That(!Declared.Has(AdapterFeatures.ImportsState) || Adapter is IImportsState, "it is declared, and the adapter has no IImportsState");
        return Task.CompletedTask;
    }

    [Requirement("TOE-CAPA-004", "Sockets give connections up exactly when the adapter declares it.", Source = "AdapterFeatures.ExportsState", Covers = ["IExportsState.FreezeAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task ExportsState_IsTheSocketsInterface()
    {
        var (ours, _) = await Bench.ConnectAsync();
        Check.Equal(Declared.Has(AdapterFeatures.ExportsState), ours.Raw is IExportsState);
    }

    [Requirement("TOE-CAPA-005", "An adapter that declares active opens makes connections; another refuses the open as a capability.", Source = "AdapterFeatures.ActiveOpen",
        Covers = ["Capability.ActiveOpen", "Capability.Model"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task ActiveOpen_IsTrue() => await Bench.ConnectAsync();

    [Requirement("TOE-CAPA-006", "An adapter that declares passive opens accepts connections; another refuses the listen as a capability.", Source = "AdapterFeatures.PassiveOpen",
        Covers = ["Capability.PassiveOpen", "Capability.Model"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task PassiveOpen_IsTrue() => await Bench.AcceptAsync();

    [Requirement("TOE-CAPA-007", "An adapter that does not declare IPv6 refuses it as an address family.", Source = "AdapterFeatures.IPv6", Covers = ["Capability.AddressFamily"])]
    public async Task IPv6_IsRefusedWhereItIsNotDeclared()
    {
        if (Declared.Has(AdapterFeatures.IPv6))
            return;
        var (result, _) = await Bench.TryOpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, 7));
        await Dispose(result);
        Check.That(result.Refusal.Class == ToeReasonClass.Capability, $"it was refused with {result.Refusal}");
        var listening = await Adapter.ListenAsync(new AdapterListenRequest(new IPEndPoint(IPAddress.IPv6Loopback, 0), 1, ToeSocketOptions.Default), new ListenerEventLog(Stop), Stop);
        if (listening.Listener is { } listener)
            await listener.DisposeAsync();
        Check.That(listening.Refusal.Class == ToeReasonClass.Capability, $"a listen was refused with {listening.Refusal}");
    }

    [Requirement("TOE-CAPA-008", "An adapter whose kernel module may take host sockets keeps one off when it is asked to.", Source = "ISteersHostSockets.KeepOff", Covers = ["AdapterCapabilities.CanKeepOff"], IsControlOnly = true)]
    public Task HostSockets_AreKeptOff()
    {
        if (Adapter is not ISteersHostSockets steering)
            throw new NotOfferedException("it takes no host socket by itself");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var reason = steering.KeepOff(socket);
        Check.That(reason.IsNone || !Declared.CanKeepOff, $"it declares that it can, and answers {reason}");
        return Task.CompletedTask;
    }

    [Requirement("TOE-CAPA-009", "What is known only from documents is declared as assumed: a fact has one of the two sources.", Source = "AdapterCapabilities.Features", Covers = ["FactSource.Queried", "FactSource.Assumed"], IsControlOnly = true)]
    public Task Facts_HaveASource()
    {
        Check.That(Enum.IsDefined(Declared.Features.Source) && Enum.IsDefined(Declared.Bypasses.Source), "a fact has no source");
        return Task.CompletedTask;
    }

    [Requirement("TOE-CAPA-010", "An adapter that declares IPv6 carries connections that it opens over IPv6.", Source = "AdapterFeatures.IPv6", Covers = ["ToeBudget.ConnectionCostIPv6"], Needs = AdapterFeatures.IPv6 | AdapterFeatures.ActiveOpen)]
    public async Task IPv6_IsOpened()
    {
        await AddressAsync(AddressFamily.InterNetworkV6);
        var (ours, theirs) = await Bench.ConnectAsync(family: AddressFamily.InterNetworkV6);
        Check.Equal(theirs.LocalEndPoint, ours.Raw.RemoteEndPoint);
        Check.Equal(theirs.RemoteEndPoint, ours.Raw.LocalEndPoint);
        await ours.TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-CAPA-011", "An adapter that declares IPv6 carries connections that it accepts over IPv6.", Source = "AdapterFeatures.IPv6", Needs = AdapterFeatures.IPv6 | AdapterFeatures.PassiveOpen)]
    public async Task IPv6_IsAccepted()
    {
        var listener = await Bench.ListenAsync(new IPEndPoint(await AddressAsync(AddressFamily.InterNetworkV6), (await Bench.PeerAsync()).FreePort()));
        var (ours, theirs) = await listener.AcceptAsync();
        Check.Equal(theirs.LocalEndPoint, ours.Raw.RemoteEndPoint);
        await ours.TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-CAPA-012", "An adapter that declares IPv4 carries connections over IPv4.", Source = "AdapterFeatures.IPv4", Needs = AdapterFeatures.IPv4 | AdapterFeatures.ActiveOpen)]
    public async Task IPv4_IsOpened()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.TalkAsync(theirs, Stop);
    }

    private async Task<IPAddress> AddressAsync(AddressFamily family)
    {
        var peer = await Bench.PeerAsync();
        try
        {
            return peer.AdapterAddress(family);
        }
        catch (NotSupportedException exception)
        {
            throw Declared.Has(AdapterFeatures.IPv6) ? new NotHereException(exception.Message) : new NotOfferedException("it does not declare IPv6");
        }
    }

    private static async Task Dispose(OpenResult result)
    {
        if (result.Socket is { } socket)
            await socket.DisposeAsync();
    }
}
