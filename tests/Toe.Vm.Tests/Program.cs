using Toe.Vm.Tests;

if (!OperatingSystem.IsLinux())
    return 2;
return await GuestRunner.RunAsync(args);
