"""Programs that send OpenAI's format to TGI."""
