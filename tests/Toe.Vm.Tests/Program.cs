using Toe.Vm.Tests;
using Toe.Vm.Tests.Cases;
using Toe.Vm.Tests.Devices;

if (!OperatingSystem.IsLinux())
    return 2;
if (args is ["--peer", ..])
    return await StreamPeer.RunAsync(args[1..]);
if (args is ["--moves-peer", ..])
    return await MoveCases.RunPeerAsync(args[1..]);
if (args is ["--toe", ..])
    return await Toe.Cli.Program.Main(args[1..]);
return await GuestRunner.RunAsync(args);
