using System.Globalization;
using System.Net;
using Toe.Emulated.Links;
using Toe.Testing;
using Toe.Throughput.Ends;
using Toe.Throughput.Kernel;

namespace Toe.Throughput;

/// <summary>
/// Two network namespaces: the driver in the near one, with a TAP device for each end but the kernel, which is in the far one behind a
/// veth pair. Nothing outside of them is changed, and they go with the program.
/// </summary>
internal sealed class Lab : IAsyncDisposable
{
    // The default, 1000 packets, is less than the windows of many connections together. All TAP devices get the same.
    private const string QueueLength = "4096";

    private static readonly TimeProvider Time = TimeProvider.System;

    private NetworkNamespace? _near;
    private NetworkNamespace? _far;
    private Child? _driver;
    private int _taps;

    private Lab()
    {
    }

    private NetworkNamespace Near => _near!;

    public static async Task<Lab> CreateAsync()
    {
        CheckNeeds();
        var lab = new Lab();
        try
        {
            await lab.MakeAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async Task<IEnd> KernelAsync() =>
        new ServingEnd("kernel, veth", IPAddress.Parse(Net(0, 2)), await Child.StartOwnAsync(_far!, Cpu.End, "serve", "kernel", Net(0, 2)));

    /// <summary>One of our own ends on a TAP device of its own.</summary>
    /// <param name="name">How the report calls it.</param>
    /// <param name="kind">The subcommand.</param>
    public async Task<IEnd> OwnAsync(string name, string kind)
    {
        var (tap, address) = await AddTapAsync();
        return new ServingEnd(name, address, await Child.StartOwnAsync(Near, cpu: null, "serve", kind, tap, address + "/24"));
    }

    /// <summary>The whole stack on the interface that it shares with the far namespace's kernel, at an address of its own that no other end listens at.</summary>
    /// <param name="name">How the report calls it.</param>
    /// <param name="kind">The subcommand.</param>
    public async Task<IEnd> InterfaceAsync(string name, string kind)
    {
        var (device, address) = await AddVethAsync();
        return new ServingEnd(name, IPAddress.Parse(address), await Child.StartOwnAsync(_far!, cpu: null, "serve", kind, device, address));
    }

    /// <summary>The kernel's TCP in the far namespace, on an interface where an engine steers other connections.</summary>
    public async Task<IEnd> SteeredKernelAsync()
    {
        var (device, address) = await AddVethAsync();
        var other = Net(_taps, 3);
        await _far!.AddAddressesAsync(device, other + "/24");
        var engine = await Child.StartOwnAsync(_far, cpu: null, "serve", "interface", device, other);
        return new SteeredKernel(IPAddress.Parse(address), await Child.StartOwnAsync(_far, Cpu.End, "serve", "kernel", address), engine);
    }

    /// <summary>The kernel's TCP in the far namespace behind a line with faults, which joins two TAP devices.</summary>
    /// <param name="faults">What it does each way: loss and delay.</param>
    public async Task<LossyKernel> LossyKernelAsync(LinkFaults faults)
    {
        var number = ++_taps;
        var (near, far) = (FormattableString.Invariant($"near{number}"), FormattableString.Invariant($"far{number}"));
        await Near.AddTapAsync(near, owner: 0, Net(number, 1) + "/24");
        await Near.AddTapAsync(far, owner: 0);
        var line = await Child.StartOwnAsync(Near, cpu: null, "serve", "line", near, far,
            faults.Loss.ToString(CultureInfo.InvariantCulture), faults.Delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        // A device goes on with whoever is attached to it.
        await Near.IpAsync("link", "set", far, "netns", _far!.Name);
        await _far.AddAddressesAsync(far, Net(number, 2) + "/24");
        await _far.IpAsync("link", "set", far, "up");
        return new LossyKernel(IPAddress.Parse(Net(number, 2)), await Child.StartOwnAsync(_far, Cpu.End, "serve", "kernel", Net(number, 2)), line);
    }

    /// <summary>Another TCP on a TAP device of its own.</summary>
    /// <param name="name">How the report calls it.</param>
    /// <param name="command">Its command line.</param>
    public async Task<IEnd> CommandAsync(string name, IReadOnlyList<string> command)
    {
        var (tap, address) = await AddTapAsync();
        return new CommandEnd(name, Near, tap, address, command);
    }

    /// <summary>Asks the driver for one measurement.</summary>
    /// <param name="end">What is measured.</param>
    /// <param name="order">How.</param>
    /// <param name="value">Which of the values of the answer counts.</param>
    public async Task<Reading> MeasureAsync(IEnd end, DriverOrder order, int value)
    {
        var child = await end.BeginAsync(order.Mode);
        try
        {
            var before = child.ProcessorTime;
            var start = Time.GetTimestamp();
            var answer = await _driver!.AskAsync(order.ToString());
            var elapsed = Time.GetElapsedTime(start).TotalSeconds;
            var used = (child.ProcessorTime - before).TotalSeconds;
            if (answer.StartsWith("failed", StringComparison.Ordinal))
                throw new InvalidOperationException($"{end.Name}, {order}: {answer}");
            var values = answer.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToList();
            return new Reading(values[value], used / elapsed, values[^1] / elapsed);
        }
        finally
        {
            await end.FinishAsync(child);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[_driver, _near, _far])
        {
            if (part is not null)
                await part.DisposeAsync();
        }
    }

    private static void CheckNeeds()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new RowSkippedException("needs root, to make network namespaces of its own");
        foreach (var tool in (string[])["ip", "taskset"])
        {
            if (Needs.Find(tool) is null)
                throw new RowSkippedException($"needs the program \"{tool}\" in PATH");
        }
    }

    private async Task MakeAsync()
    {
        _near = await NetworkNamespace.CreateAsync();
        _far = await NetworkNamespace.CreateAsync();
        await _near.AddVethAsync("veth0", _far, "veth1");
        await _near.AddAddressesAsync("veth0", Net(0, 1) + "/24");
        await _far.AddAddressesAsync("veth1", Net(0, 2) + "/24");
        _driver = await Child.StartOwnAsync(_near, Cpu.Driver, "drive");
    }

    private async Task<(string Far, string Address)> AddVethAsync()
    {
        var number = ++_taps;
        var (near, far) = (FormattableString.Invariant($"near{number}"), FormattableString.Invariant($"far{number}"));
        await Near.AddVethAsync(near, _far!, far);
        await Near.AddAddressesAsync(near, Net(number, 1) + "/24");
        await _far!.AddAddressesAsync(far, Net(number, 2) + "/24");
        return (far, Net(number, 2));
    }

    private async Task<(string Tap, IPAddress Address)> AddTapAsync()
    {
        var number = ++_taps;
        var tap = "tap" + number.ToString(CultureInfo.InvariantCulture);
        await Near.AddTapAsync(tap, owner: 0, Net(number, 1) + "/24");
        await Near.IpAsync("link", "set", tap, "txqueuelen", QueueLength);
        return (tap, IPAddress.Parse(Net(number, 2)));
    }

    private static string Net(int net, int host) => string.Create(CultureInfo.InvariantCulture, $"10.77.{net}.{host}");
}
