using LiveMigration;

// Usage, as root: dotnet run --project samples/LiveMigration
// Outside it makes two hosts on a cable and starts itself again on the first of them: a connection moves to the kernel of the namespace that the program is in.
// Inside it serves a download to the second host and moves the connection to and fro meanwhile.
try
{
    return args is [Lab.Inside, var client] ? await Migration.RunAsync(client) : await RunInLabAsync();
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("stopped before the end");
    return 1;
}
catch (Exception exception)
{
    Console.Error.WriteLine($"failed: {exception.Message}");
    return 1;
}

static async Task<int> RunInLabAsync()
{
    if (Requirements.Missing() is { } missing)
    {
        Console.Error.WriteLine($"This sample needs {missing}.");
        return 1;
    }

    await using var lab = new Lab();
    return await lab.RunAsync();
}
