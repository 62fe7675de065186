using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Toe.Emulated.Tests")]
