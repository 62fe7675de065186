using Toe.Linux;

// Attaches to a TAP device as whoever runs it, waits for one frame and says what it saw. Used by the test that shows that attaching
// needs no capability; it runs with an empty bounding set, which a test host could never get back from.
if (!OperatingSystem.IsLinux())
    return 2;
try
{
    using var device = TapDevice.Attach(args[0]);
    Console.WriteLine($"attached {device.Name} mtu {device.Mtu} up {device.IsUp}");
    var frame = new byte[device.Mtu + TapDevice.EthernetHeaderLength];
    for (var waits = 0; waits < 100; waits++)
    {
        if (device.TryRead(frame, out var bytes) == TapStatus.Done)
        {
            Console.WriteLine($"read {bytes}");
            return 0;
        }

        device.Wait(TimeSpan.FromSeconds(1));
    }

    Console.WriteLine("no frame");
    return 1;
}
catch (LinuxException failure)
{
    Console.WriteLine($"{failure.ErrorName} {failure.Message}");
    return 3;
}
